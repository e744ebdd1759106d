import { check, files, source, t } from "sluice";

export default source({
  description: "What people said, in every type that a contract knows */ and with names that need quotes",
  from: files("landing/*.ndjson"),
  columns: {
    id: t.text().key().describe("Names the\n  comment"),
    author: t.text().nullable(),
    body: t.text(),
    kind: t.integer().nullable(),
    input: t.number().nullable(),
    column: t.boolean().nullable(),
    then: t.date().nullable(),
    "two words": t.decimal(10, 2).oneOf(1, 2).nullable(),
    'say "hi"': t.timestamp().nullable(),
    network: t.text().oneOf("slack", "reddit").nullable(),
    stars: t.integer().oneOf(1, 2, 3).nullable(),
    größe: t.json().nullable(),
  },
  checks: [check.rowCount({ min: 1 }), check.nullValues("body"), check.duplicateValues(["id", "kind"])],
});
