/**
 * A dataset's contract as a document of ODCS 3.1, and back. Without loss both ways: what ODCS has no word for stands in
 * custom properties and rules called `sluice`, what Sluice has no word for in the definition's `odcs`.
 */
import type { ColumnSpec } from "../../define/column.ts";
import type { DatasetNode, GraphCheck } from "../../graph/graph.ts";
import { logicalTypeOf } from "../../sql/engine-type.ts";
import {
  beyondOf,
  columnOf,
  customValue,
  isListing,
  type OdcsObject,
  ownProperty,
  propertyOf,
  textOr,
  texts,
  withBeyond,
} from "./column-property.ts";
import { difference, isObject, type Patch, patched, placesOf } from "./patch.ts";
import { checkOf, columnOf as columnOfCheck, ruleOf } from "./quality-rule.ts";

/** What a definition says of its contract, as plain data. */
export interface ContractSettings {
  readonly columns: Readonly<Record<string, ColumnSpec>>;
  readonly checks: readonly GraphCheck[];
  /** Description, owner, tags and whatever else a definition may say of itself. */
  readonly about: OdcsObject;
}

/** What is kept of a document in a definition: what the table is called there, and what it says beyond. */
export interface OdcsRest {
  readonly table: string;
  readonly patch?: Patch;
}

/** The document of a dataset. */
export function exportContract(node: DatasetNode): OdcsObject {
  const rest = node.odcs as OdcsRest | undefined;
  const table = rest?.table ?? tableOf(node.id);
  const document = documentOf(node.id, table, settingsOf(node));
  return rest?.patch === undefined ? document : (patched(document, rest.patch) as OdcsObject);
}

export interface ImportedContract {
  readonly settings: ContractSettings;
  /** For the definition's `odcs`. */
  readonly odcs: OdcsRest | undefined;
  /** Places of the document that are kept and mean nothing to Sluice. */
  readonly unsaid: readonly string[];
  /** Where in the table the rules stand that the checks come from. */
  readonly checkPlaces: readonly (readonly (string | number)[])[];
}

/** Read one table of a document as the contract of a dataset. The document is sound: see `judgeDocument`. */
export function importContract(document: OdcsObject, index: number, id: string): ImportedContract {
  const tables = document["schema"] as readonly OdcsObject[];
  const own = tables[index] ?? {};
  const alone = { ...document, schema: [own] };
  const table = String(own["name"]);
  const { settings, checkPlaces } = readDocument(alone, own);
  const patch = difference(documentOf(id, table, settings), alone);
  const odcs =
    table === tableOf(id) && patch === undefined ? undefined : { table, ...(patch ? { patch } : {}) };
  const unsaid = (patch ? placesOf(patch) : []).filter((place) => !bookkeeping.has(place));
  return { settings, odcs, unsaid, checkPlaces };
}

/** What every document has, and nobody misses. */
const bookkeeping = new Set(["apiVersion", "kind", "id", "name", "version", "status"]);

const tableOf = (id: string): string => id.slice(id.indexOf(".") + 1);

/** What a compiled dataset promises. Columns that declare nothing promise the type that the engine found. */
export function settingsOf(node: DatasetNode): ContractSettings {
  const { columns, checks, tags, description, owner, story } = node;
  const source = node.kind === "source" ? node : undefined;
  const { quarantine } = source ?? {};
  const usual = quarantine?.warn === 0 && quarantine.stop === 0.05;
  const about = {
    description,
    owner,
    tags: tags.length === 0 ? undefined : tags,
    story,
    monitors: node.monitors,
    freshness: source?.freshness,
    quarantine: usual ? undefined : quarantine,
    from: source?.from.kind === "files" ? source.from : undefined,
  };
  return {
    columns: Object.fromEntries(
      columns.map(({ name, engineType, declared, unit }) => {
        const found = {
          type: logicalTypeOf(engineType),
          nullable: true,
          key: false,
          unique: false,
          tags: [],
        };
        return [name, { ...(declared ?? found), ...(unit === undefined ? {} : { unit }) }];
      }),
    ),
    checks,
    about: withBeyond(about, undefined),
  };
}

export function documentOf(
  id: string,
  table: string,
  { columns, checks, about }: ContractSettings,
): OdcsObject {
  const at = (check: GraphCheck): string | undefined => {
    const named = columnOfCheck(check);
    return named !== undefined && Object.hasOwn(columns, named) ? named : undefined;
  };
  const byColumn = Map.groupBy(checks, at);
  const rules = (column: string | undefined): OdcsObject[] => (byColumn.get(column) ?? []).map(ruleOf);
  const properties = Object.entries(columns).map(([name, spec]) => {
    const property = propertyOf(name, spec);
    const quality = [...((property["quality"] as OdcsObject[] | undefined) ?? []), ...rules(name)];
    return quality.length === 0 ? property : { ...property, quality };
  });
  const plain = (beyond: OdcsObject): OdcsObject => {
    const { description, owner, tags, freshness } = about;
    const stop = isObject(freshness) ? latencyOf(freshness["stop"]) : undefined;
    const own = Object.keys(beyond).length === 0 ? undefined : [{ property: ownProperty, value: beyond }];
    const quality = rules(undefined);
    return {
      apiVersion: "v3.1.0",
      kind: "DataContract",
      id,
      name: id,
      version: "1.0.0",
      status: "active",
      ...(owner === undefined ? {} : { team: { name: owner } }),
      ...(stop === undefined ? {} : { slaProperties: [{ property: "latency", ...stop, element: table }] }),
      schema: [
        {
          name: table,
          logicalType: "object",
          ...(description === undefined ? {} : { description }),
          ...(tags === undefined ? {} : { tags }),
          properties,
          ...(quality.length === 0 ? {} : { quality }),
          ...(own === undefined ? {} : { customProperties: own }),
        },
      ],
    };
  };
  const read = plain({});
  return plain(beyondOf(readAbout(read, (read["schema"] as OdcsObject[])[0] ?? {}), about));
}

const units: Readonly<Record<string, string>> = { m: "minutes", h: "h", d: "d", w: "weeks", s: "seconds" };

function latencyOf(duration: unknown): { readonly value: number; readonly unit: string } | undefined {
  const [, amount, letter = ""] = /^(\d+)([smhdw])$/.exec(String(duration)) ?? [];
  const unit = units[letter];
  return amount === undefined || unit === undefined ? undefined : { value: Number(amount), unit };
}

function readDocument(
  document: OdcsObject,
  table: OdcsObject,
): Pick<ImportedContract, "settings" | "checkPlaces"> {
  const given = table["properties"];
  const properties: readonly OdcsObject[] = Array.isArray(given) ? given.filter(isObject) : [];
  const rulesAt = (element: OdcsObject): readonly OdcsObject[] =>
    Array.isArray(element["quality"]) ? element["quality"].filter(isObject) : [];
  const found = [
    ...rulesAt(table).flatMap((rule, at) => {
      const check = checkOf(rule, undefined);
      return check === undefined ? [] : [{ check, place: ["quality", at] }];
    }),
    ...properties.flatMap((property, index) => {
      const rules = rulesAt(property);
      const listing = rules.findIndex(isListing);
      const column = String(property["name"]);
      return rules.flatMap((rule, at) => {
        const check = at === listing ? undefined : checkOf(rule, column);
        return check === undefined ? [] : [{ check, place: ["properties", index, "quality", at] }];
      });
    }),
  ];
  return {
    settings: {
      columns: Object.fromEntries(
        properties.map((property) => [String(property["name"]), columnOf(property)]),
      ),
      checks: named(found.map(({ check }) => check)),
      about: withBeyond(readAbout(document, table), customValue(table, ownProperty)),
    },
    checkPlaces: found.map(({ place }) => place),
  };
}

/** Every check has a name, and no two have the same. */
function named(checks: readonly OdcsObject[]): GraphCheck[] {
  const seen = new Map<string, number>();
  return checks.map((check) => {
    const {
      check: kind,
      column,
      columns: several,
      name: given,
    } = check as OdcsObject & { readonly check: string };
    const about = [column, several].flat().filter((one) => typeof one === "string");
    const plain = about.length === 0 ? kind : `${kind}(${about.join(", ")})`;
    const name = typeof given === "string" ? given : plain;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { ...check, name: count === 1 ? name : `${name} ${count}` } as unknown as GraphCheck;
  });
}

function readAbout(document: OdcsObject, table: OdcsObject): OdcsObject {
  const team = document["team"];
  const tags = texts(table["tags"]);
  const stop = readLatency(document["slaProperties"], table["name"]);
  const about = {
    description: textOr(table["description"]),
    owner: isObject(team) ? textOr(team["name"]) : undefined,
    tags: tags.length === 0 ? undefined : tags,
    freshness: stop === undefined ? undefined : { stop },
  };
  return withBeyond(about, undefined);
}

function readLatency(properties: unknown, table: unknown): string | undefined {
  const all: readonly unknown[] = Array.isArray(properties) ? properties : [];
  const found = all.find(
    (one) => isObject(one) && one["property"] === "latency" && (one["element"] ?? table) === table,
  );
  if (!isObject(found) || !Number.isSafeInteger(found["value"]) || Number(found["value"]) < 1)
    return undefined;
  const unit = String(found["unit"]).toLowerCase();
  const letter = /^(?:d|days?)$/.test(unit)
    ? "d"
    : /^(?:h|hours?)$/.test(unit)
      ? "h"
      : /^(?:m|min|minutes?)$/.test(unit)
        ? "m"
        : /^(?:w|weeks?)$/.test(unit)
          ? "w"
          : /^(?:s|sec|seconds?)$/.test(unit)
            ? "s"
            : undefined;
  return letter === undefined ? undefined : `${Number(found["value"])}${letter}`;
}
