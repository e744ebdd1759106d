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
    // @ts-expect-error neither has the other column
    check.pairCompare("id", "<", "idd"),
    // @ts-expect-error nothing is ordered by it
    check.monotonic("id", { by: "idd" }),
    // @ts-expect-error nothing adds up to it
    check.columnSum(["id"], { total: "idd" }),
    // @ts-expect-error a tolerance is a percentage or a number of rows
    check.nullValues("id", { tolerance: "many" }),
    // @ts-expect-error a measurement has limits, and tolerates nothing beside them
    check.rowCount({ min: 1 }, { tolerance: 5 }),
    check.nullValues("id", { where: "id <> ''", tolerance: "0.1%" }),
    check.datasetDiff("raw.others"),
    check.datasetDiff("raw.others", { columns: ["id"] }),
    // @ts-expect-error the contract has no such column
    check.datasetDiff("raw.others", { columns: ["id", "idd"] }),
    check.piiLeak(),
    check.piiLeak({ columns: ["id"], kinds: ["email"] }),
    // @ts-expect-error the contract has no such column
    check.piiLeak({ columns: ["idd"] }),
    check.intervalsDisjoint({ start: "id", end: "id" }),
  ],
});
