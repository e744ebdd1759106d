import type { Contender } from "./contest.ts";
import type { Goal, RowResult } from "./result.ts";

/** What a row needs to set itself up. */
export interface RowContext {
  /** An empty directory outside the repository, removed after the row. */
  readonly directory: string;
  /** A directory for what several rows share, removed at the end. */
  readonly shared: string;
  readonly scale: number;
  readonly peers: boolean;
  readonly say: (line: string) => void;
}

/** One comparison of the suite, before it is run. */
export interface Row extends Pick<RowResult, "id" | "workload" | "title" | "temperature" | "subject"> {
  readonly goals: readonly Goal[];
  /** Turns of each contender before the first round. */
  readonly warmUps: number;
  /** Generate what is needed; the floor comes first, for others are held against it. */
  readonly open: (context: RowContext) => Promise<OpenRow>;
}

export interface OpenRow {
  readonly contenders: readonly Contender[];
  readonly facts: Readonly<Record<string, unknown>>;
}
