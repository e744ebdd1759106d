import type { DatasetNode } from "../../graph/graph.ts";
import type { DefinitionFile } from "../definitions.ts";
import { readSqlHeader } from "../header.ts";
import { isRecord } from "../settings.ts";

/** Which settings a definition gives to a column itself. In TypeScript whether it may be null is said where it may. */
export function declaredSettings(
  { kind, path, text }: Pick<DefinitionFile, "kind" | "path" | "text">,
  { columns }: DatasetNode,
): (column: string) => ReadonlySet<string> {
  if (kind !== "sql")
    return (name) => {
      const spec = columns.find((column) => column.name === name)?.declared;
      return new Set(spec?.nullable === true ? ["nullable"] : []);
    };
  const written = readSqlHeader(path, text).settings.value["columns"];
  return (name) => {
    const spec = isRecord(written) && Object.hasOwn(written, name) ? written[name] : undefined;
    return new Set(isRecord(spec) ? Object.keys(spec) : []);
  };
}
