/**
 * What the published schema of ODCS 3.1.0 says of a document. The schema and its validator are large: whoever has a
 * document to judge imports this file then, and nobody else does.
 */
import { type OutputUnit, Validator } from "@cfworker/json-schema";
import { didYouMean } from "../../graph/nearest-name.ts";
import { show } from "../validate.ts";
import type { OdcsObject } from "./column-property.ts";
import type { Misfit } from "./judge-document.ts";
import { isObject } from "./patch.ts";
import published from "./published/odcs-json-schema-v3.1.0.json" with { type: "json" };

/** In the draft that the schema is written in, the format of a text is a remark: places of servers are often none. */
const root = JSON.parse(
  JSON.stringify(published, (key, value: unknown) =>
    key === "format" && typeof value === "string" ? undefined : value,
  ),
) as OdcsObject;
let made: Validator | undefined;

/** All misfits of a document of ODCS 3.0 or 3.1, in the order of the schema; each place once. */
export function misfitsOf(document: OdcsObject): readonly Misfit[] {
  const { valid, errors } = validate(document);
  if (errors === undefined)
    return [{ path: [], message: "a key of the document has half a character in it" }];
  const found = likely(errors).flatMap((error) => misfitsIn(error, document));
  const places = new Map<string, Misfit>();
  // The first at a place is the plainest; what was not said of its parts is said of what they are in.
  for (const misfit of found) {
    const place = JSON.stringify(misfit.path);
    if (!places.has(place)) places.set(place, misfit);
  }
  if (!valid && places.size === 0) return [outOfPlace(errors, document)];
  return [...places.values()];
}

/** The validator writes places as addresses, which cannot have half a surrogate pair. */
function validate(document: OdcsObject): {
  readonly valid: boolean;
  readonly errors?: readonly OutputUnit[];
} {
  made ??= new Validator(root, "2019-09", false);
  try {
    return made.validate(document);
  } catch (error) {
    if (error instanceof URIError) return { valid: false };
    throw error;
  }
}

/** Of several forms that a value may have, only what is wrong with the one that it comes nearest to. */
function likely(errors: readonly OutputUnit[]): readonly OutputUnit[] {
  let left = errors;
  for (const form of errors) {
    if (form.keyword !== "oneOf" && form.keyword !== "anyOf") continue;
    const { keywordLocation: at, instanceLocation: place } = form;
    const branches = new Map<string, OutputUnit[]>();
    for (const error of left) {
      if (
        !error.keywordLocation.startsWith(`${at}/`) ||
        !`${error.instanceLocation}/`.startsWith(`${place}/`)
      )
        continue;
      const branch = error.keywordLocation.slice(at.length + 1).split("/", 1)[0] ?? "";
      branches.set(branch, [...(branches.get(branch) ?? []), error]);
    }
    const isOther = (one: OutputUnit): boolean => one.keyword === "type" && one.instanceLocation === place;
    const [nearest] = [...branches.values()].sort(
      (a, b) => Number(a.some(isOther)) - Number(b.some(isOther)) || a.length - b.length,
    );
    // Where more than one form fits, what the others lack is no mistake: that they are several is.
    const kept = branches.size === formsOf(at) ? nearest : [form];
    const dropped = new Set([form, ...[...branches.values()].flat()]);
    left = left.filter((error) => !dropped.has(error) || kept?.includes(error));
  }
  return left;
}

/** How many forms the schema has at a place. */
function formsOf(at: string): number {
  const forms = schemaAt(stepsOf(at));
  return Array.isArray(forms) ? forms.length : 0;
}

function misfitsIn(
  { keyword, keywordLocation, instanceLocation }: OutputUnit,
  document: OdcsObject,
): Misfit[] {
  const [path, setting] = [stepsOf(instanceLocation, document), schemaAt(stepsOf(keywordLocation))];
  const value = path.reduce<unknown>(inside, document);
  const wrong = (message: string, suggestion?: string): Misfit[] => [
    { path, message, ...(suggestion === undefined ? {} : { suggestion }) },
  ];
  const name = path.findLast((step) => typeof step === "string") ?? "the document";
  switch (keyword) {
    case "additionalProperties":
    case "unevaluatedProperties":
      return isObject(value) ? unknownKeys(value, schemaAt(stepsOf(keywordLocation).slice(0, -1)), path) : [];
    case "required": {
      const missing = (setting as readonly string[]).filter(
        (key) => isObject(value) && !Object.hasOwn(value, key),
      );
      return missing.map((key) => ({ path: [...path, key], message: `"${key}" is missing` }));
    }
    case "type":
      return wrong(`"${name}" is ${show(value)}, and the standard has ${kindOf(setting)} there`);
    case "enum": {
      const allowed = (setting as readonly unknown[]).map(String);
      const near = typeof value === "string" ? didYouMean(value, allowed) : undefined;
      return wrong(
        `"${name}" is ${show(value)}, which the standard does not list`,
        near ?? `it is one of ${allowed.join(", ")}`,
      );
    }
    case "pattern": {
      const { description } = schemaAt(stepsOf(keywordLocation).slice(0, -1)) as OdcsObject;
      return wrong(
        `"${name}" is ${show(value)}, which is not written as the standard says`,
        typeof description === "string" ? description : `it has to match ${show(setting)}`,
      );
    }
    case "not":
    case "oneOf": {
      const { description } = schemaAt(stepsOf(keywordLocation).slice(0, -1)) as OdcsObject;
      const hint = typeof description === "string" ? description : undefined;
      return wrong(`"${name}" is not as the standard has it`, hint);
    }
    default:
      return limits.has(keyword)
        ? wrong(`"${name}" is ${show(value)}: its ${limits.get(keyword)} is ${show(setting)}`)
        : [];
  }
}

const limits: ReadonlyMap<string, string> = new Map([
  ["minimum", "least"],
  ["maximum", "greatest"],
  ["exclusiveMinimum", "lower bound"],
  ["minItems", "least number of items"],
  ["maxItems", "greatest number of items"],
  ["uniqueItems", "list of different items"],
]);

/** A key that the standard has there, but not beside the others: `engine` in a rule that is not custom. */
function outOfPlace(errors: readonly OutputUnit[], document: OdcsObject): Misfit {
  const paths = errors.map(({ instanceLocation }) => stepsOf(instanceLocation, document));
  const path = paths.reduce((longest, one) => (one.length > longest.length ? one : longest), []);
  const message = `"${path.at(-1) ?? "the document"}" has no place beside what else is said here`;
  return { path, message, suggestion: 'look at the "type" that stands beside it, or is missing' };
}

/** Keys that no part of the schema knows there; of the others, their own misfits are told. */
function unknownKeys(value: OdcsObject, schema: unknown, path: Misfit["path"]): Misfit[] {
  const known = knownKeys(schema);
  return Object.keys(value).flatMap((key) => {
    if (known.has(key)) return [];
    const suggestion =
      didYouMean(key, known) ?? "what the standard does not name belongs into customProperties";
    return [{ path: [...path, key], message: `ODCS 3.1 does not know "${key}" here`, suggestion }];
  });
}

function knownKeys(schema: unknown, known = new Set<string>()): Set<string> {
  if (!isObject(schema)) return known;
  for (const key of Object.keys(isObject(schema["properties"]) ? schema["properties"] : {})) known.add(key);
  if (typeof schema["$ref"] === "string") knownKeys(referred(schema["$ref"]), known);
  for (const several of ["allOf", "anyOf", "oneOf"]) {
    const parts = schema[several];
    if (Array.isArray(parts)) for (const part of parts) knownKeys(part, known);
  }
  for (const part of ["then", "else"]) knownKeys(schema[part], known);
  return known;
}

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of names to values",
  null: "nothing",
};
const kindOf = (types: unknown): string =>
  [types]
    .flat()
    .map((type) => kinds[String(type)] ?? String(type))
    .join(" or ");

/** The steps of a JSON pointer as the validator writes it; in a list they are positions. */
function stepsOf(pointer: string, document?: OdcsObject): (string | number)[] {
  let value: unknown = document;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const name = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(value) ? Number(name) : name;
      value = inside(value, step);
      return step;
    });
}

function inside(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) return value[Number(step)];
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

const referred = (reference: string): unknown => stepsOf(reference).reduce<unknown>(inside, root);

/** The part of the schema that the validator was at. */
const schemaAt = (steps: readonly (string | number)[]): unknown =>
  steps.reduce<unknown>((part, step) => {
    const next = inside(part, step);
    return step === "$ref" && typeof next === "string" ? referred(next) : next;
  }, root);
