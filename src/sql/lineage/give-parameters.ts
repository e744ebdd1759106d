import { scanSql } from "../scan-sql.ts";

/** The day of every value that is given for a parameter. */
export const givenDay = "1970-01-01";

/** The query with a value for each parameter: the engine has no plan of a query whose parameters are open. */
export function giveParameters(sql: string): string {
  if (!sql.includes("$")) return sql;
  let given = "";
  let end = 0;
  for (const token of scanSql(sql)) {
    if (token.kind !== "parameter") continue;
    const value =
      sql.slice(token.start + 1, token.end) === "run_date"
        ? `(date '${givenDay}')`
        : `(timestamp '${givenDay}')`;
    given += sql.slice(end, token.start) + value;
    end = token.end;
  }
  return given + sql.slice(end);
}
