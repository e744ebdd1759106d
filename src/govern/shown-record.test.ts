import { expect, test } from "vitest";
import { t } from "../define/column.ts";
import type { GraphColumn } from "../graph/graph.ts";
import { shownRecord } from "./shown-record.ts";

const column = (name: string, declared: { readonly spec: GraphColumn["declared"] }): GraphColumn => ({
  name,
  engineType: "VARCHAR",
  ...(declared.spec === undefined ? {} : { declared: declared.spec }),
});

const plain = [column("id", t.text()), column("body", t.text())];
const personal = [
  column("id", t.text()),
  column("mail", t.text().tag("pii.email").from("contact.mail")),
  column("city", t.text().from("contact.city")),
  column("Note", t.text()),
];

test("without personal data a record is shown as it came", () => {
  expect(shownRecord("1,a,b", plain)).toEqual({ raw: "1,a,b", hidden: [] });
});

test("of JSON the fields that are known and not personal; what lies beside something personal is not told apart", () => {
  const raw = JSON.stringify({
    id: "1",
    contact: { mail: "a@b", city: "Bern" },
    note: "x",
    mail: "a@b",
    unknown: 1,
  });
  expect(shownRecord(raw, personal)).toEqual({
    raw: '{"id":"1","note":"x"}',
    hidden: ["contact", "mail", "unknown"],
  });
});

test.for(["1,a@b,x", "{ broken a@b", "[1]", "null", ""])("nothing of %j", (raw) => {
  expect(shownRecord(raw, personal)).toEqual({ raw: null, hidden: ["*"] });
});
