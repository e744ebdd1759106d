/**
 * JSON schema as a condition in SQL, so that values are judged where they lie. The part of the vocabulary that can be
 * said is listed here; a schema that uses more of it is refused when it is compiled, never ignored.
 */
import { quoteText } from "./quote.ts";

type Schema = Readonly<Record<string, unknown>>;

interface Place {
  /** The value, as SQL of JSON. */
  readonly value: string;
  readonly depth: number;
}

/** True of a value that is not JSON, or does not fit the schema. A null offends nobody. */
export function jsonMisfit(value: string, schema: Schema): string {
  const fit = fits(schema, { value: `json(${value})`, depth: 0 });
  return `case when ${value} is null then false when json_valid(${value}) then not coalesce(${fit}, false) else true end`;
}

/** What a schema says that cannot be judged, as paths such as `properties.size.format`; empty where all of it can. */
export function unknownKeywords(schema: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof schema === "boolean") return [];
  if (!isSchema(schema)) return [path.join(".") || "the schema"];
  return Object.entries(schema).flatMap(([keyword, setting]) => {
    const here = [...path, keyword];
    if (annotations.has(keyword)) return [];
    const isRight = settings[keyword];
    if (isRight === undefined || !isRight(setting)) return [here.join(".")];
    if (keyword === "properties")
      return Object.entries(setting as Schema).flatMap(([name, inner]) =>
        unknownKeywords(inner, [...here, name]),
      );
    if (["items", "not"].includes(keyword)) return unknownKeywords(setting, here);
    if (["allOf", "anyOf", "oneOf"].includes(keyword))
      return (setting as unknown[]).flatMap((inner, at) => unknownKeywords(inner, [...here, String(at)]));
    return [];
  });
}

/** Words that say nothing about values. */
const annotations = new Set(["$schema", "$id", "$comment", "title", "description", "examples", "default"]);

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === "string");
const isScalar = (value: unknown): boolean =>
  value === null || ["string", "number", "boolean"].includes(typeof value);
const isList = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

const settings: Readonly<Record<string, (setting: unknown) => boolean>> = {
  type: (setting) =>
    (isTexts(setting) ? (setting as string[]) : [setting]).every((one) => String(one) in types),
  enum: (setting) => isList(setting) && (setting as unknown[]).every(isScalar),
  const: isScalar,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  minLength: isCount,
  maxLength: isCount,
  pattern: (setting) => typeof setting === "string",
  required: isTexts,
  properties: isSchema,
  additionalProperties: (setting) => typeof setting === "boolean",
  items: (setting) => typeof setting === "boolean" || isSchema(setting),
  minItems: isCount,
  maxItems: isCount,
  allOf: isList,
  anyOf: isList,
  oneOf: isList,
  not: (setting) => typeof setting === "boolean" || isSchema(setting),
};

/** The condition under which a value fits. It is never null: what cannot be compared does not fit. */
function fits(schema: unknown, place: Place): string {
  if (typeof schema === "boolean") return String(schema);
  const rules = Object.entries(schema as Schema).flatMap(([keyword, setting]) => {
    const rule = rulesOf[keyword];
    return rule === undefined ? [] : [`(${rule(setting, place, schema as Schema)})`];
  });
  return rules.length === 0 ? "true" : rules.join(" and ");
}

const kindOf = (value: string): string => `json_type(${value})`;
const textOf = (value: string): string => `json_extract_string(${value}, '$')`;
const numberOf = (value: string): string => `try_cast(${textOf(value)} as double)`;

const numeric = "('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')";

const types: Readonly<Record<string, (value: string) => string>> = {
  string: (value) => `${kindOf(value)} = 'VARCHAR'`,
  number: (value) => `${kindOf(value)} in ${numeric}`,
  integer: (value) =>
    `${kindOf(value)} in ${numeric} and coalesce(${numberOf(value)} = trunc(${numberOf(value)}), false)`,
  boolean: (value) => `${kindOf(value)} = 'BOOLEAN'`,
  null: (value) => `${kindOf(value)} = 'NULL'`,
  object: (value) => `${kindOf(value)} = 'OBJECT'`,
  array: (value) => `${kindOf(value)} = 'ARRAY'`,
};

/** A keyword about one kind of values says nothing about others. */
const ifKind = (value: string, kinds: string, rule: string): string =>
  `case when ${kindOf(value)} in ${kinds} then coalesce(${rule}, false) else true end`;

const ofNumber =
  (operator: string) =>
  (setting: unknown, { value }: Place): string =>
    ifKind(value, numeric, `${numberOf(value)} ${operator} ${Number(setting)}`);
const ofText =
  (rule: (text: string, setting: unknown) => string) =>
  (setting: unknown, { value }: Place): string =>
    ifKind(value, "('VARCHAR')", rule(textOf(value), setting));
const ofArray =
  (rule: (value: string, setting: unknown) => string) =>
  (setting: unknown, { value }: Place): string =>
    ifKind(value, "('ARRAY')", rule(value, setting));

const memberOf = (value: string, name: string): string =>
  `json_extract(${value}, ${quoteText(`/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`)})`;

const isOfType = (type: string, value: string): string => types[type]?.(value) ?? "false";

function equals(value: string, constant: unknown): string {
  if (constant === null) return isOfType("null", value);
  if (typeof constant === "number")
    return `${kindOf(value)} in ${numeric} and coalesce(${numberOf(value)} = ${constant}, false)`;
  const [kind, text] =
    typeof constant === "string" ? ["VARCHAR", constant] : ["BOOLEAN", JSON.stringify(constant)];
  return `${kindOf(value)} = '${kind}' and ${textOf(value)} = ${quoteText(text)}`;
}

const either = (rules: readonly string[]): string => rules.map((rule) => `(${rule})`).join(" or ");

const rulesOf: Readonly<Record<string, (setting: unknown, place: Place, schema: Schema) => string>> = {
  type: (setting, { value }) =>
    either((Array.isArray(setting) ? setting : [setting]).map((type) => isOfType(String(type), value))),
  enum: (setting, { value }) => either((setting as unknown[]).map((one) => equals(value, one))),
  const: (setting, { value }) => equals(value, setting),
  minimum: ofNumber(">="),
  maximum: ofNumber("<="),
  exclusiveMinimum: ofNumber(">"),
  exclusiveMaximum: ofNumber("<"),
  minLength: ofText((text, least) => `length(${text}) >= ${Number(least)}`),
  maxLength: ofText((text, most) => `length(${text}) <= ${Number(most)}`),
  pattern: ofText((text, pattern) => `regexp_matches(${text}, ${quoteText(String(pattern))})`),
  required: (setting, { value }) =>
    ifKind(
      value,
      "('OBJECT')",
      ["true", ...(setting as string[]).map((name) => `${memberOf(value, name)} is not null`)].join(" and "),
    ),
  properties: (setting, { value, depth }) =>
    ifKind(
      value,
      "('OBJECT')",
      [
        "true",
        ...Object.entries(setting as Schema).map(([name, inner]) => {
          const member = memberOf(value, name);
          return `case when ${member} is null then true else ${fits(inner, { value: member, depth })} end`;
        }),
      ].join(" and "),
    ),
  additionalProperties: (setting, { value, depth }, { properties = {} }) => {
    if (setting === true) return "true";
    const names = Object.keys(properties as Schema);
    const name = `name${depth}`;
    const isExtra = names.length === 0 ? "true" : `${name} not in (${names.map(quoteText).join(", ")})`;
    const extra = `len(list_filter(json_keys(${value}), lambda ${name}: ${isExtra})) = 0`;
    return ifKind(value, "('OBJECT')", extra);
  },
  items: (setting, { value, depth }) => {
    const item = `item${depth}`;
    const misfits = `list_filter(json_extract(${value}, '$[*]'), lambda ${item}: not (${fits(setting, { value: item, depth: depth + 1 })}))`;
    return ifKind(value, "('ARRAY')", `len(${misfits}) = 0`);
  },
  minItems: ofArray((value, least) => `json_array_length(${value}) >= ${Number(least)}`),
  maxItems: ofArray((value, most) => `json_array_length(${value}) <= ${Number(most)}`),
  allOf: (setting, place) => (setting as unknown[]).map((one) => `(${fits(one, place)})`).join(" and "),
  anyOf: (setting, place) => either((setting as unknown[]).map((one) => fits(one, place))),
  oneOf: (setting, place) =>
    `${(setting as unknown[]).map((one) => `(case when ${fits(one, place)} then 1 else 0 end)`).join(" + ")} = 1`,
  not: (setting, place) => `not (${fits(setting, place)})`,
};
