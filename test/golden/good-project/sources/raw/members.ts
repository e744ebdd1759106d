import { check, generator, source, t } from "sluice";

export default source({
  owner: "community-team",
  tags: ["people"],
  from: generator(async function* () {
    yield { records: [], cursor: 1 };
  }),
  columns: {
    id: t.text().key(),
    name: t.text().nullable().from("name", "profile.name"),
    balance: t.decimal(12, 2).min("0"),
    joined_on: t.date().format("%d/%m/%Y"),
    extra: t.json().nullable(),
  },
  checks: [check.rowCount({ min: 1 }), check.rowPredicate("joined_on > date '2000-01-01'", { severity: "warn" })],
  quarantine: { warn: 0.001, stop: 0.1 },
  freshness: { warn: "6h", stop: "2d" },
});
