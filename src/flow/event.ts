import type { DatasetId } from "../graph/graph.ts";

export interface NewEvent {
  readonly type: string;
  readonly at: string;
  readonly environment?: string;
  readonly runId?: string;
  readonly dataset?: DatasetId;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Event extends NewEvent {
  /** Grows by one with every event; no gaps within one store. */
  readonly sequence: number;
}
