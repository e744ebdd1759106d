/** A column of a contract as a property of ODCS, and back. */
import type { ColumnSpec, LogicalType } from "../../define/column.ts";
import { isTextFormat } from "../../define/text-format.ts";
import { isObject, isSame } from "./patch.ts";
import { anchored, unanchored } from "./whole-pattern.ts";

export type OdcsObject = Readonly<Record<string, unknown>>;

/** The name of the custom property that says what ODCS has no word for. */
export const ownProperty = "sluice";

/** A column in the words of ODCS; what it has no words for stands in the custom property `sluice`. */
export function propertyOf(name: string, spec: ColumnSpec): OdcsObject {
  const plain = plainProperty(name, spec);
  const unit = spec.unit === undefined ? [] : [{ property: "unit", value: spec.unit }];
  const beyond = beyondOf(readPlain({ ...plain, customProperties: unit }), spec);
  const custom = [
    ...unit,
    ...(Object.keys(beyond).length === 0 ? [] : [{ property: ownProperty, value: beyond }]),
  ];
  return custom.length === 0 ? plain : { ...plain, customProperties: custom };
}

/** What a property of ODCS says about a column, as far as there is a word for it. */
export function columnOf(property: OdcsObject): ColumnSpec {
  return withBeyond(readPlain(property), customValue(property, ownProperty)) as unknown as ColumnSpec;
}

/** The value of a custom property of an element. */
export function customValue({ customProperties }: OdcsObject, name: string): unknown {
  const all: readonly unknown[] = Array.isArray(customProperties) ? customProperties : [];
  const found = all.find((one) => isObject(one) && one["property"] === name);
  return isObject(found) ? found["value"] : undefined;
}

/** What settings say otherwise than was read; null where they say nothing. */
export function beyondOf(read: object, settings: object): Record<string, unknown> {
  const [was, is] = [read as OdcsObject, settings as OdcsObject];
  const names = Object.keys({ ...was, ...is }).filter((name) => !isSame(was[name], is[name]));
  return Object.fromEntries(names.map((name) => [name, is[name] ?? null]));
}

export function withBeyond(read: object, beyond: unknown): OdcsObject {
  const all = { ...read, ...(isObject(beyond) ? beyond : {}) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined));
}

function plainProperty(name: string, spec: ColumnSpec): OdcsObject {
  const options = optionsOf(spec);
  return {
    name,
    ...typesOf(spec),
    ...(spec.description === undefined ? {} : { description: spec.description }),
    ...(spec.key ? { primaryKey: true } : {}),
    ...(spec.nullable || spec.key ? {} : { required: true }),
    ...(spec.unique ? { unique: true } : {}),
    ...(spec.tags.length === 0 ? {} : { tags: spec.tags }),
    ...(Object.keys(options).length === 0 ? {} : { logicalTypeOptions: options }),
    ...(spec.oneOf === undefined
      ? {}
      : {
          quality: [
            { type: "library", metric: "invalidValues", arguments: { validValues: spec.oneOf }, mustBe: 0 },
          ],
        }),
  };
}

function typesOf({ type, precision = 18, scale = 2 }: ColumnSpec): OdcsObject {
  switch (type) {
    case "text":
      return { logicalType: "string" };
    case "json":
      return { logicalType: "string", physicalType: "JSON" };
    case "number":
      return { logicalType: "number", physicalType: "DOUBLE" };
    case "decimal":
      return { logicalType: "number", physicalType: `DECIMAL(${precision},${scale})` };
    default:
      return { logicalType: type };
  }
}

function optionsOf(spec: ColumnSpec): Record<string, unknown> {
  const { type, min, max, minLength, maxLength, pattern, format } = spec;
  if (type === "text") {
    const named = format === undefined ? undefined : (odcsFormats[format] ?? format);
    const options = { minLength, maxLength, pattern: pattern && anchored(pattern), format: named };
    return defined(options);
  }
  const isNumber = type === "integer" || type === "number" || type === "decimal";
  const fits = (limit: unknown): boolean => typeof limit === (isNumber ? "number" : "string");
  if (!isNumber && type !== "date" && type !== "timestamp") return {};
  return defined({ minimum: fits(min) ? min : undefined, maximum: fits(max) ? max : undefined });
}

const defined = (value: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));

/** Names that ODCS has for our formats, where they are others. */
const odcsFormats: Readonly<Record<string, string>> = { date_time: "date-time", base64: "byte" };
const ourFormats = new Map(Object.entries(odcsFormats).map(([ours, theirs]) => [theirs, ours]));

function readPlain(property: OdcsObject): Record<string, unknown> {
  const types = readTypes(property);
  const given = property["logicalTypeOptions"];
  const options = isObject(given) ? given : {};
  const key = property["primaryKey"] === true;
  const isText = types["type"] === "text";
  const format = options["format"];
  const named = typeof format === "string" ? (ourFormats.get(format) ?? format) : "";
  const pattern = options["pattern"];
  const unit = customValue(property, "unit");
  return defined({
    ...types,
    nullable: !key && property["required"] !== true,
    key,
    unique: property["unique"] === true,
    tags: texts(property["tags"]),
    description: textOr(property["description"]),
    minLength: isText ? numberOr(options["minLength"]) : undefined,
    maxLength: isText ? numberOr(options["maxLength"]) : undefined,
    pattern: isText && typeof pattern === "string" ? unanchored(pattern) : undefined,
    format: isText && isTextFormat(named) ? named : undefined,
    min: isText ? undefined : limitOf(options["minimum"]),
    max: isText ? undefined : limitOf(options["maximum"]),
    unit: typeof unit === "string" ? unit : undefined,
    oneOf: listedValues(property["quality"]),
  });
}

function readTypes({
  logicalType,
  physicalType,
}: OdcsObject): { readonly type: LogicalType } & Partial<ColumnSpec> {
  const physical = typeof physicalType === "string" ? physicalType : "";
  const exact = /^(?:decimal|numeric|number)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)$/i.exec(physical);
  if (/^jsonb?$|^variant$/i.test(physical)) return { type: "json" };
  switch (logicalType) {
    case "integer":
    case "boolean":
    case "date":
    case "timestamp":
      return { type: logicalType };
    case "number":
      return exact === null
        ? { type: "number" }
        : { type: "decimal", precision: Number(exact[1]), scale: Number(exact[2] ?? 0) };
    case "object":
    case "array":
      return { type: "json" };
    default:
      return logicalType === undefined ? { type: guessType(physical) } : { type: "text" };
  }
}

/** What engines call their types, where a document says nothing else. */
function guessType(physical: string): LogicalType {
  if (/^(?:big|small|tiny|medium)?int(?:eger)?\b|^long\b|^int\d+\b/i.test(physical)) return "integer";
  if (/^(?:double|float|real)/i.test(physical)) return "number";
  if (/^bool/i.test(physical)) return "boolean";
  if (/^(?:timestamp|datetime)/i.test(physical)) return "timestamp";
  return /^date\b/i.test(physical) ? "date" : "text";
}

/** The values that the first nameless rule about them lists. */
function listedValues(quality: unknown): unknown {
  const rules: readonly unknown[] = Array.isArray(quality) ? quality : [];
  const rule = rules.find((one) => isObject(one) && isListing(one));
  return isObject(rule) ? (rule["arguments"] as OdcsObject)["validValues"] : undefined;
}

/** Whether a rule of a property only lists the values that it may have: that is the contract, and no check beside it. */
export function isListing(rule: OdcsObject): boolean {
  const { metric, arguments: given, name, mustBe } = rule;
  const values = isObject(given) ? given["validValues"] : undefined;
  const plain = (one: unknown): boolean => typeof one === "string" || typeof one === "number";
  const lists = Array.isArray(values) && values.length > 0 && values.every(plain);
  return metric === "invalidValues" && name === undefined && mustBe === 0 && lists;
}

export const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
export const textOr = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
const numberOr = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
const limitOf = (value: unknown): number | string | undefined =>
  typeof value === "number" || typeof value === "string" ? value : undefined;
