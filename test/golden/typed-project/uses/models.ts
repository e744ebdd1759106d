import { type Reference, type Row, check, dataset, model, sql, t } from "sluice";
import comments from "../sources/raw/comments.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

holds<Equal<Row<"community.comments">, { id: string; body: string; posted_at: string | null }>>();
holds<Equal<Row<typeof comments>["author"], string | null>>();
holds<Equal<Row<typeof comments>["two words"], string | null>>();
holds<Equal<Row<typeof comments>["network"], "slack" | "reddit" | null>>();

const byName = dataset("community.comments");
holds<Equal<Row<typeof byName>, Row<"community.comments">>>();
// @ts-expect-error there is no such dataset
dataset("community.commments");

/** Columns are known in queries, whatever their names. */
export const query = model({
  inputs: { comments, all: dataset("community.comments") },
  query: ({ comments, all }) => {
    const kind: Reference = comments.kind;
    const spaced: Reference = comments["two words"];
    // @ts-expect-error the source has no such column
    const wrong = comments.bodyy;
    // @ts-expect-error the model has no such column
    const gone = all.author;
    return sql`select ${kind}, ${spaced}, ${wrong}, ${gone}, ${all.posted_at} from ${comments}, ${all}`;
  },
  // A query may produce more than it declares.
  columns: { id: t.text() },
  checks: [check.nullValues("id"), check.nullValues("anything")],
});

/** Rows are typed both ways. */
export const rows = model({
  inputs: { comments, all: dataset("community.comments") },
  columns: { id: t.text().key(), length: t.integer(), price: t.decimal(), at: t.timestamp().nullable() },
  async *rows({ comments, all }) {
    for await (const row of comments) {
      // @ts-expect-error the source has no such column
      const wrong: string = row.bodyy;
      yield { id: row.id + wrong, length: row.body.length, price: "1.50", at: null };
    }
    for await (const { id, body, posted_at } of all) {
      holds<Equal<typeof posted_at, string | null>>();
      yield { id, length: body.length, price: "2", at: posted_at };
    }
  },
  checks: [check.valueRange("length", { min: 0 })],
});

model({
  columns: { id: t.text() },
  // @ts-expect-error the rows lack a column
  *rows() {
    yield { idd: "a" };
  },
});

// @ts-expect-error a check is about a column that the model does not have
model({
  columns: { id: t.text() },
  *rows() {
    yield { id: "a" };
  },
  checks: [check.nullValues("idd")],
});

/** A model without declared columns takes any. */
const undeclared = model({ query: () => sql`select 1 as one` });
export const reader = model({
  inputs: { undeclared },
  query: ({ undeclared }) => sql`select ${undeclared["one"]}`,
});
holds<Equal<Row<typeof undeclared>, Record<string, unknown>>>();

/** A model that declares columns has these, and no others. */
holds<Equal<Row<typeof rows>, { id: string; length: number; price: string; at: string | null }>>();
export const next = model({
  inputs: { rows },
  // @ts-expect-error the model declares no such column
  query: ({ rows }) => sql`select ${rows.length}, ${rows.size} from ${rows}`,
});
