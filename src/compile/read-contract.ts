/** The document of ODCS that a source takes its contract from. */
import { didYouMean } from "../graph/nearest-name.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { OdcsObject } from "./odcs/column-property.ts";
import { importContract, type OdcsRest } from "./odcs/contract-document.ts";
import { rangeOf, readContract, type SchemaJudge } from "./odcs/judge-document.ts";
import { parseYaml } from "./parse-yaml.ts";
import { type Place, placeAt } from "./place.ts";
import type { SettingPath, Settings } from "./settings.ts";
import type { Mistakes } from "./validate.ts";

/** A document beside a definition, as it was found. */
export interface ContractFile {
  /** Relative to the project. */
  readonly path: string;
  /** Undefined where it cannot be read. */
  readonly text?: string;
  /** What judges the document when somebody looks at it. */
  readonly judge: SchemaJudge;
}

/** What a document says of a source. */
export interface TakenContract {
  readonly columns: OdcsObject;
  readonly checks: readonly unknown[];
  readonly about: OdcsObject;
  readonly odcs: OdcsRest | undefined;
  /** Where in the document a setting of the source stands. */
  readonly placeOf: (setting: SettingPath) => Place | undefined;
}

/** Read the contract of a source; what is wrong with the document is told at its place there. */
export function takeContract(
  { path, text, judge }: ContractFile,
  id: DatasetId,
  mistakes: Mistakes,
): TakenContract | undefined {
  if (text === undefined) {
    const suggestion = "its path is relative to the project";
    mistakes.add("bad-setting", ["contract"], `the contract "${path}" cannot be read`, { suggestion });
    return undefined;
  }
  const { document, diagnostics } = readContract(path, text, judge);
  mistakes.diagnostics.push(...diagnostics);
  if (document === undefined) return undefined;
  const names = (document["schema"] as readonly OdcsObject[]).map(({ name }) => String(name));
  const table = id.slice(id.indexOf(".") + 1);
  const index = names.length === 1 ? 0 : names.indexOf(table);
  if (index < 0) {
    const suggestion = didYouMean(table, names) ?? `its tables are ${names.join(", ")}`;
    mistakes.add("bad-setting", ["contract"], `the contract "${path}" has no table "${table}"`, {
      suggestion,
    });
    return undefined;
  }
  const { settings, odcs, checkPlaces } = importContract(document, index, id);
  const properties = (document["schema"] as readonly OdcsObject[])[index]?.["properties"];
  const columnNames = Array.isArray(properties) ? properties.map(({ name }: OdcsObject) => String(name)) : [];
  return {
    ...settings,
    odcs,
    placeOf: (setting) => {
      const at = placeInDocument(setting, columnNames, checkPlaces);
      const contents = parseYaml(text).contents;
      const range = rangeOf(contents, ["schema", index, ...at]);
      return range && placeAt(text, range[0], range[1] - range[0]);
    },
  };
}

/** Where a table says what a setting says. */
function placeInDocument(
  [kind, which, ...rest]: SettingPath,
  columns: readonly string[],
  checks: readonly SettingPath[],
): SettingPath {
  if (kind === "checks") return [...(checks[Number(which)] ?? []), ...rest];
  if (kind !== "columns") return ["properties"];
  const property = ["properties", columns.indexOf(String(which))];
  const words = rest[0] === undefined ? [] : (columnWords[rest[0]] ?? [rest[0]]);
  return [...property, ...words];
}

/** What settings of columns are called in ODCS. */
const columnWords: Readonly<Record<string, SettingPath>> = {
  type: ["logicalType"],
  precision: ["physicalType"],
  scale: ["physicalType"],
  nullable: ["required"],
  key: ["primaryKey"],
  min: ["logicalTypeOptions", "minimum"],
  max: ["logicalTypeOptions", "maximum"],
  minLength: ["logicalTypeOptions", "minLength"],
  maxLength: ["logicalTypeOptions", "maxLength"],
  pattern: ["logicalTypeOptions", "pattern"],
  format: ["logicalTypeOptions", "format"],
  oneOf: ["quality"],
  unit: ["customProperties"],
  from: ["customProperties"],
  missing: ["customProperties"],
};

/** The settings of a source of which a document says a part: the first checks, and all columns. */
export function contractSettings(settings: Settings, path: string, contract: TakenContract): Settings {
  const count = contract.checks.length;
  const isIn = ([kind, which]: SettingPath): boolean =>
    kind === "columns" || (kind === "checks" && Number(which) < count);
  return {
    ...settings,
    pathOf: (setting) => (isIn(setting) ? path : settings.path),
    placeOf: (setting, part) => {
      if (isIn(setting)) return contract.placeOf(setting);
      const [kind, which, ...rest] = setting;
      return settings.placeOf(
        kind === "checks" && typeof which === "number" ? [kind, which - count, ...rest] : setting,
        part,
      );
    },
  };
}
