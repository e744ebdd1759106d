/** What is wrong with a document of ODCS 3.1, as far as its contract hangs on it; each with its place in the file. */
import { isMap, isPair, isScalar, isSeq, parseDocument } from "yaml";
import type { Diagnostic } from "../../errors.ts";
import { didYouMean } from "../../graph/nearest-name.ts";
import { placeAt } from "../place.ts";
import { show } from "../validate.ts";
import type { OdcsObject } from "./column-property.ts";
import { isObject } from "./patch.ts";

type Path = readonly (string | number)[];

/** Read a document, YAML or JSON. Without `document` the diagnostics say why. */
export function readContract(
  path: string,
  text: string,
): { readonly document?: OdcsObject; readonly diagnostics: readonly Diagnostic[] } {
  const yaml = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  const [broken] = yaml.errors;
  if (broken) {
    const place = placeAt(text, broken.pos[0], broken.pos[1] - broken.pos[0]);
    return {
      diagnostics: [{ code: "yaml-syntax", severity: "error", message: broken.message, path, ...place }],
    };
  }
  const diagnostics: Diagnostic[] = [];
  const add = (at: Path, message: string, suggestion?: string): void => {
    const range = rangeOf(yaml.contents, at);
    diagnostics.push({
      code: "bad-contract",
      severity: "error",
      message,
      path,
      ...(range === undefined ? { line: 1 } : placeAt(text, range[0], range[1] - range[0])),
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  };
  let document: unknown;
  try {
    document = yaml.toJS({ maxAliasCount: 100 });
  } catch {
    add([], "the aliases of the document cannot be resolved");
  }
  if (diagnostics.length > 0) return { diagnostics };
  if (!isObject(document)) add([], "the document is not a mapping of names to values");
  else judgeDocument(document, add);
  return diagnostics.length > 0 || !isObject(document) ? { diagnostics } : { document, diagnostics };
}

type Add = (at: Path, message: string, suggestion?: string) => void;

const rootKeys =
  "version kind apiVersion id name tenant tags status servers dataProduct description domain schema support price team roles slaDefaultElement slaProperties authoritativeDefinitions customProperties contractCreatedTs".split(
    " ",
  );
const elementKeys =
  "id name physicalType description businessName authoritativeDefinitions tags customProperties logicalType physicalName properties relationships quality".split(
    " ",
  );
const tableKeys = [...elementKeys, "dataGranularityDescription"];
const propertyKeys = [
  ...elementKeys,
  ..."primaryKey primaryKeyPosition logicalTypeOptions required unique partitioned partitionKeyPosition classification encryptedName transformSourceObjects transformLogic transformDescription examples criticalDataElement items".split(
    " ",
  ),
];
const logicalTypes = [
  "string",
  "date",
  "timestamp",
  "time",
  "number",
  "integer",
  "object",
  "array",
  "boolean",
];
const operators = [
  "mustBe",
  "mustNotBe",
  "mustBeGreaterThan",
  "mustBeGreaterOrEqualTo",
  "mustBeLessThan",
  "mustBeLessOrEqualTo",
  "mustBeBetween",
  "mustNotBeBetween",
];
const metrics = ["nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"];

function judgeDocument(document: OdcsObject, add: Add): void {
  judgeKeys(document, rootKeys, [], add);
  for (const key of ["version", "apiVersion", "kind", "id", "status"]) {
    if (typeof document[key] !== "string") add([key], `"${key}" is missing: a contract says it as text`);
  }
  const version = document["apiVersion"];
  if (typeof version === "string" && !/^v3\.[01]\./.test(version)) {
    add(["apiVersion"], `"apiVersion" is "${version}", and Sluice reads v3.0 and v3.1`);
  }
  const tables = document["schema"];
  if (!Array.isArray(tables) || tables.length === 0) {
    add(["schema"], "the contract has no table", 'write "schema: [{ name: …, properties: […] }]"');
    return;
  }
  for (const [at, table] of tables.entries()) {
    const where = ["schema", at];
    if (!isObject(table) || typeof table["name"] !== "string") add(where, "a table has no name");
    else {
      judgeKeys(table, tableKeys, where, add);
      judgeRules(table["quality"], [...where, "quality"], add);
      judgeProperties(table["properties"], [...where, "properties"], add);
    }
  }
}

function judgeProperties(properties: unknown, where: Path, add: Add): void {
  if (properties === undefined) return;
  if (!Array.isArray(properties)) {
    add(where, '"properties" is not a list');
    return;
  }
  const seen = new Set<string>();
  for (const [at, property] of properties.entries()) {
    const here = [...where, at];
    if (!isObject(property) || typeof property["name"] !== "string") {
      add(here, "a property has no name");
      continue;
    }
    const { name, logicalType } = property;
    if (seen.has(name)) add([...here, "name"], `there are two properties called "${name}"`);
    seen.add(name);
    judgeKeys(property, propertyKeys, here, add);
    if (logicalType !== undefined && !isOneOf(logicalType, logicalTypes)) {
      const suggestion =
        didYouMean(spell(logicalType), logicalTypes) ?? `types are ${logicalTypes.join(", ")}`;
      add([...here, "logicalType"], `${show(logicalType)} is not a logical type of ODCS`, suggestion);
    }
    judgeRules(property["quality"], [...here, "quality"], add);
  }
}

function judgeKeys(element: OdcsObject, known: readonly string[], where: Path, add: Add): void {
  for (const key of Object.keys(element)) {
    if (known.includes(key)) continue;
    const suggestion =
      didYouMean(key, known) ?? "what the standard does not name belongs into customProperties";
    add([...where, key], `ODCS 3.1 does not know "${key}" here`, suggestion);
  }
}

/** The text of the standard shows two operators in one rule; its schema allows exactly one. */
function judgeRules(rules: unknown, where: Path, add: Add): void {
  if (rules === undefined) return;
  if (!Array.isArray(rules)) {
    add(where, '"quality" is not a list of rules');
    return;
  }
  for (const [at, rule] of rules.entries()) {
    const here = [...where, at];
    if (!isObject(rule)) {
      add(here, "a rule is not a mapping of names to values");
      continue;
    }
    const found = operators.filter((name) => Object.hasOwn(rule, name));
    const { type, metric } = rule;
    if (type === "custom" && found.length > 0) {
      add(
        [...here, found[0] ?? ""],
        "a custom rule has no operator: what it compares with belongs into its implementation",
      );
    } else if ((type === "sql" || metric !== undefined) && found.length !== 1) {
      const many = found.length === 0 ? "no operator" : `${found.length} operators: ${found.join(", ")}`;
      add(
        here,
        `a rule has exactly one operator, and this one has ${many}`,
        "for two limits write mustBeBetween: [1, 3]",
      );
    }
    if (metric !== undefined && !isOneOf(metric, metrics)) {
      add([...here, "metric"], `${show(metric)} is not a metric of ODCS`, didYouMean(spell(metric), metrics));
    }
    for (const name of ["mustBeBetween", "mustNotBeBetween"]) {
      const bounds = rule[name];
      if (bounds === undefined) continue;
      const fits =
        Array.isArray(bounds) && bounds.length === 2 && bounds.every((one) => typeof one === "number");
      if (!fits) add([...here, name], `"${name}" is a list of two numbers`);
      else if (Number(bounds[0]) >= Number(bounds[1]))
        add([...here, name], `"${name}" is [${bounds.join(", ")}]: the first must be below the second`);
    }
  }
}

const isOneOf = (value: unknown, list: readonly string[]): boolean => list.some((one) => one === value);

const spell = (value: unknown): string => (typeof value === "string" ? value : "");

/** Where in a parsed document something stands: its key, or as near as there is one. */
export function rangeOf(root: unknown, path: Path): readonly [number, number] | undefined {
  let node: unknown = root;
  let found: unknown = root;
  for (const step of path) {
    if (isSeq(node) && typeof step === "number") {
      node = node.items[step];
      found = node;
    } else if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === step);
      if (!isPair(pair)) break;
      node = pair.value;
      found = pair.key;
    } else break;
  }
  const range = (found as { readonly range?: readonly number[] | null } | null)?.range;
  return range?.[0] === undefined ? undefined : [range[0], range[1] ?? range[0]];
}
