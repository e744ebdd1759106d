/**
 * The rows of every dataset of this project, as TypeScript sees them. Written by Sluice from the definitions
 * (check, plan and run keep it up to date): do not edit it.
 */
/* eslint-disable */

/** Rows by the name of their dataset. Applications import this: `type Comment = Datasets["community.comments"]`. */
export interface Datasets {
  "community.comments": {
    id: string;
    body: string;
    posted_at: string | null;
  };
  /** One column of every type that a query can produce */
  "community.kinds": {
    id: string;
    promised: string;
    network: "slack" | "reddit" | null;
    whole: number | null;
    rough: number | null;
    tiny: number | null;
    unsigned: number | null;
    big_unsigned: number | null;
    huge: string | null;
    single: number | null;
    exact: string | null;
    truth: boolean | null;
    day: string | null;
    moment: string | null;
    zoned: string | null;
    zoned_as_moment: string | null;
    nanos: string | null;
    clock: string | null;
    span: string | null;
    identity: string | null;
    bytes: Uint8Array | null;
    listed: string | null;
    document: string | null;
    bits: string | null;
    list: (number | null)[] | null;
    lists: ((string | null)[] | null)[] | null;
    struct: { a: number | null; "two words": string | null; inner: { at: string | null; all: (string | null)[] | null } | null } | null;
    map: Record<string, number | null> | null;
    numbered: Record<string, { x: boolean | null } | null> | null;
  };
  "community.shown": {
    name: string;
    row: string;
  };
  /** What people said, in every type that a contract knows *\/ and with names that need quotes */
  "raw.comments": {
    /** Names the comment */
    id: string;
    author: string | null;
    body: string;
    kind: number | null;
    input: number | null;
    column: boolean | null;
    then: string | null;
    "two words": string | null;
    "say \"hi\"": string | null;
    network: "slack" | "reddit" | null;
    stars: 1 | 2 | 3 | null;
    "größe": string | null;
  };
}

declare global {
  interface SluiceDatasets extends Datasets {}
}
