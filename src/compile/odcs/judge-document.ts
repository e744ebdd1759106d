/** What is wrong with a document of ODCS, each with its place in the file. */
import { isMap, isPair, isScalar, isSeq } from "yaml";
import type { Diagnostic } from "../../errors.ts";
import { parseYaml } from "../parse-yaml.ts";
import { placeAt } from "../place.ts";
import type { OdcsObject } from "./column-property.ts";
import { isObject } from "./patch.ts";

/** A document of ODCS as it was read: without `document` the diagnostics say why. */
export interface ReadDocument {
  readonly document?: OdcsObject;
  readonly diagnostics: readonly Diagnostic[];
}

/** One thing that a document may not say, or does not say where it has to. */
export interface Misfit {
  /** Where in the document: keys of mappings and positions in lists. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly suggestion?: string;
}

/** What the schema that the standard publishes says of a document: `misfitsOf`, which is loaded where it is needed. */
export type SchemaJudge = (document: OdcsObject) => readonly Misfit[];

/** Read a document, YAML or JSON, and judge it: by what Sluice needs, and by the published schema. */
export function readContract(path: string, text: string, judge: SchemaJudge): ReadDocument {
  const yaml = parseYaml(text);
  const [broken] = yaml.errors;
  if (broken) {
    const place = placeAt(text, broken.pos[0], broken.pos[1] - broken.pos[0]);
    return {
      diagnostics: [{ code: "yaml-syntax", severity: "error", message: broken.message, path, ...place }],
    };
  }
  const misfits: Misfit[] = [];
  let document: unknown;
  try {
    document = yaml.toJS({ maxAliasCount: 100 });
    if (!isObject(document))
      misfits.push({ path: [], message: "the document is not a mapping of names to values" });
  } catch {
    misfits.push({ path: [], message: "the aliases of the document cannot be resolved" });
  }
  if (isObject(document)) misfits.push(...judgeDocument(document, judge));
  const diagnostics = misfits.map(({ path: at, message, suggestion }): Diagnostic => {
    const range = rangeOf(yaml.contents, at);
    return {
      code: "bad-contract",
      severity: "error",
      message,
      path,
      ...(range === undefined ? { line: 1 } : placeAt(text, range[0], range[1] - range[0])),
      ...(suggestion === undefined ? {} : { suggestion }),
    };
  });
  return diagnostics.length > 0 || !isObject(document) ? { diagnostics } : { document, diagnostics };
}

/** What is wrong with a document, each place once: in our words where we have some, else by the schema. */
function judgeDocument(document: OdcsObject, judge: SchemaJudge): readonly Misfit[] {
  const own: Misfit[] = [];
  judgeNeeds(document, (path, message, suggestion) =>
    own.push({ path, message, ...(suggestion === undefined ? {} : { suggestion }) }),
  );
  // A later version of the standard may say more than the schema knows; that is kept as it is.
  if (isLater(document["apiVersion"])) return own;
  const isTold = ({ path }: Misfit): boolean =>
    own.some((one) => one.path.every((step, at) => step === path[at]));
  return [...own, ...judge(document).filter((misfit) => !isTold(misfit))];
}

type Add = (at: Misfit["path"], message: string, suggestion?: string) => void;

const isLater = (version: unknown): boolean =>
  typeof version === "string" && /^v3\.(?:[2-9]|\d\d)/.test(version);

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
/** What the schema does not say, or says in a way that helps nobody. */
function judgeNeeds(document: OdcsObject, add: Add): void {
  const version = document["apiVersion"];
  if (typeof version === "string" && !/^v3\.\d/.test(version))
    add(["apiVersion"], `"apiVersion" is "${version}", and Sluice reads v3.0 and later`);
  const tables = document["schema"];
  if (!Array.isArray(tables) || tables.length === 0) {
    add(["schema"], "the contract has no table", 'write "schema: [{ name: …, properties: […] }]"');
    return;
  }
  for (const [at, table] of tables.entries()) {
    const where = ["schema", at];
    if (!isObject(table) || typeof table["name"] !== "string") add(where, "a table has no name");
    else {
      judgeRules(table["quality"], [...where, "quality"], add);
      judgeProperties(table["properties"], [...where, "properties"], add);
    }
  }
}

function judgeProperties(properties: unknown, where: Misfit["path"], add: Add): void {
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
    const { name } = property;
    if (seen.has(name)) add([...here, "name"], `there are two properties called "${name}"`);
    seen.add(name);
    judgeRules(property["quality"], [...here, "quality"], add);
  }
}

/** The text of the standard shows two operators in one rule; its schema allows exactly one. */
function judgeRules(rules: unknown, where: Misfit["path"], add: Add): void {
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

/** Where in a parsed document something stands: its key, or as near as there is one. */
export function rangeOf(root: unknown, path: Misfit["path"]): readonly [number, number] | undefined {
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
