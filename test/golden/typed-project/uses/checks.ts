import { check, files, source, t } from "sluice";

source({
  from: files("landing/*.ndjson"),
  columns: { id: t.text() },
  checks: [
    check.notNull("id"),
    // @ts-expect-error the contract has no such column
    check.notNull("idd"),
    // @ts-expect-error the contract has no such column
    check.unique(["id", "kind"]),
    check.expression("id <> ''"),
  ],
});
