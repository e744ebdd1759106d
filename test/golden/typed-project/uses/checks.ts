import { check, files, source, t } from "sluice";

source({
  from: files("landing/*.ndjson"),
  columns: { id: t.text() },
  checks: [
    check.nullValues("id"),
    // @ts-expect-error the contract has no such column
    check.nullValues("idd"),
    // @ts-expect-error the contract has no such column
    check.duplicateValues(["id", "kind"]),
    check.rowPredicate("id <> ''"),
  ],
});
