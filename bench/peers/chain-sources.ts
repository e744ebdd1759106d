import { join } from "node:path";
import type { Chain } from "../generate/chain.ts";
import type { PeerSource } from "./dbt-project.ts";

/** The sources of a chain of models as peers read them: the landing files below a directory, with their types. */
export function chainSources(sources: Chain["sources"], directory: string): readonly PeerSource[] {
  const columns = "{'id': 'BIGINT', 'amount': 'BIGINT', 'kind': 'VARCHAR', 'happened_at': 'TIMESTAMP'}";
  return sources.map(({ name }) => {
    const file = join(directory, "landing", name.split(".")[1] ?? "", "events.csv").replaceAll("'", "''");
    return {
      name,
      read: `read_csv('${file}', header = true, auto_detect = false, delim = ',', columns = ${columns})`,
    };
  });
}
