/** Errors that happen to deliveries, injected into some of the rows of a day. */
import type { Comment } from "./example-days.ts";

export interface InjectedError {
  readonly name: string;
  /** The rows of a day, spoilt. `yesterday`: the rows of the day before. */
  readonly spoil: (
    rows: readonly Comment[],
    share: number,
    chance: () => number,
    yesterday: readonly Comment[],
  ) => readonly Comment[];
}

/** Change every row with a chance. */
const some =
  (change: (row: Comment, chance: () => number) => Comment): InjectedError["spoil"] =>
  (rows, share, chance) =>
    rows.map((row) => (chance() < share ? change(row, chance) : row));

function misspelt(text: string, chance: () => number): string {
  const at = Math.floor(chance() * text.length);
  return text.slice(0, at) + String.fromCharCode(97 + Math.floor(chance() * 26)) + text.slice(at + 1);
}

export const injectedErrors: readonly InjectedError[] = [
  { name: "missing", spoil: some((row) => ({ ...row, channel: null })) },
  { name: "coded missing", spoil: some((row) => ({ ...row, author: "N/A" })) },
  {
    name: "scaled",
    spoil: some((row) => ({ ...row, score: row["score"] === null ? null : Number(row["score"]) * 100 })),
  },
  {
    name: "swapped columns",
    spoil: some((row) => ({ ...row, author: row["body"] ?? null, body: row["author"] ?? null })),
  },
  {
    name: "typos",
    spoil: some((row, chance) => ({ ...row, channel: misspelt(String(row["channel"] ?? "x"), chance) })),
  },
  {
    name: "duplicates",
    spoil: (rows, share, chance) => [...rows, ...rows.filter(() => chance() < share)],
  },
  { name: "truncated", spoil: (rows, share) => rows.slice(0, Math.ceil(rows.length * (1 - share))) },
  {
    name: "stale",
    spoil: (rows, share, _, yesterday) => {
      const kept = Math.ceil(rows.length * (1 - share));
      return [...rows.slice(0, kept), ...yesterday.slice(0, rows.length - kept)];
    },
  },
];
