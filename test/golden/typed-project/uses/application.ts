import type { Datasets } from "../sluice-env.d.ts";

/** An application takes the types alone: it needs no Sluice. */
export const bodyOf = (row: Datasets["community.comments"]): string => row.body;
// @ts-expect-error the model has no such column
export const authorOf = (row: Datasets["community.comments"]): string => row.author;
