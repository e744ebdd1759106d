/** Settings as written, with the place of each: from a YAML header, or from a TypeScript definition. */
import { isMap, isPair, isScalar, isSeq } from "yaml";
import type { Diagnostic } from "../errors.ts";
import { type Stretch, findListItem } from "./list-item.ts";
import { parseYaml } from "./parse-yaml.ts";
import { type Place, placeAt } from "./place.ts";

export type SettingPath = readonly (string | number)[];

export interface Settings {
  readonly path: string;
  /** Of what stands in another file: that file. */
  readonly pathOf?: (path: SettingPath) => string;
  /** A mapping, as plain data with names in camelCase. Empty where it could not be read. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Where a setting stands: its name, or with `part: "value"` its value. */
  placeOf(path: SettingPath, part?: "name" | "value"): Place | undefined;
}

export const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Read YAML that begins at `offset` of a file's text. With `names: "own"` the outermost names are the user's own, and where each stands is asked often. */
export function readYaml(
  path: string,
  text: string,
  offset: number,
  length: number,
  names: "own" | "settings" = "settings",
): { readonly settings: Settings; readonly diagnostics: readonly Diagnostic[] } {
  const document = parseYaml(text.slice(offset, offset + length));
  const place = (range: readonly number[] | null | undefined): Place | undefined =>
    range?.[0] === undefined ? undefined : placeAt(text, offset + range[0], (range[1] ?? 0) - range[0]);
  const diagnostics = document.errors.map((error): Diagnostic => {
    const at = placeAt(
      text,
      offset + Math.max(0, Math.min(error.pos[0], length - 1)),
      error.pos[1] - error.pos[0],
    );
    return { code: "yaml-syntax", severity: "error", message: lowerFirst(error.message), path, ...at };
  });
  const nothing: Settings = { path, value: {}, placeOf: () => undefined };
  if (diagnostics.length > 0 || document.contents === null) return { settings: nothing, diagnostics };
  if (!isMap(document.contents)) {
    const at = place(document.contents.range);
    const message = "the settings are not a mapping of names to values";
    return {
      settings: nothing,
      diagnostics: [
        { code: "yaml-syntax", severity: "error", message, path, ...at, suggestion: 'write "name: value"' },
      ],
    };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const message = error instanceof Error ? lowerFirst(error.message) : "aliases cannot be resolved";
    return {
      settings: nothing,
      diagnostics: [{ code: "yaml-syntax", severity: "error", message, path, line: 1 }],
    };
  }
  return {
    settings: {
      path,
      value:
        names === "own"
          ? (value as Record<string, unknown>)
          : namesToCamelCase(value as Record<string, unknown>),
      placeOf:
        names === "own"
          ? (setting, part = "name") => place(findRange(document.contents, setting, part))
          : placesIn(text, offset, length),
    },
    diagnostics: [],
  };
}

/** Places are for mistakes, which are few: kept parsed, the headers of a large project would fill the memory. */
const placesIn =
  (text: string, offset: number, length: number): Settings["placeOf"] =>
  (setting, part = "name") => {
    const { contents } = parseYaml(text.slice(offset, offset + length));
    const range = findRange(contents, setting, part);
    return range?.[0] === undefined
      ? undefined
      : placeAt(text, offset + range[0], (range[1] ?? 0) - range[0]);
  };

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

/** Settings are named in snake_case or camelCase. The names of columns are the user's own. */
function namesToCamelCase(value: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, inner]) => {
    if (camelCase(name) !== "columns" || !isRecord(inner)) return [camelCase(name), inner] as const;
    const columns = Object.entries(inner).map(([column, spec]) => [
      column,
      isRecord(spec) ? camelKeys(spec) : spec,
    ]);
    return ["columns", Object.fromEntries(columns)] as const;
  });
  return Object.fromEntries(entries);
}

const camelKeys = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [camelCase(name), inner]));

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function findRange(root: unknown, path: SettingPath, part: "name" | "value"): readonly number[] | undefined {
  let node: unknown = root;
  let found: unknown = root;
  for (const step of path) {
    if (isSeq(node)) {
      // A list may stand for the mapping that it is the main setting of.
      if (typeof step !== "number") break;
      node = node.items[step];
      found = node;
    } else if (isMap(node)) {
      const pair = node.items.find(
        (item) =>
          isScalar(item.key) &&
          (String(item.key.value) === step || camelCase(String(item.key.value)) === step),
      );
      if (!isPair(pair)) break;
      node = pair.value;
      found = part === "name" ? pair.key : (pair.value ?? pair.key);
    } else break;
  }
  const range = (found as { readonly range?: readonly number[] | null } | undefined)?.range;
  return range ?? undefined;
}

/**
 * The settings of a TypeScript definition. Places are found by looking for the names in the text, one
 * inside the other: exact for definitions written as one literal, a good guess otherwise.
 */
export function moduleSettings(
  path: string,
  text: string,
  value: Readonly<Record<string, unknown>>,
): Settings {
  return {
    path,
    value,
    placeOf: (setting) => {
      let found: Stretch | undefined;
      let from = Math.max(0, text.search(/\bexport\s+default\b/));
      let end = text.length;
      for (const step of setting) {
        if (typeof step === "number") {
          const item = findListItem(text, from, step);
          if (item === undefined) continue;
          found = item;
          from = item.at;
          end = item.at + item.length;
          continue;
        }
        const name = step.replaceAll(/[^\w]/g, String.raw`\$&`);
        const pattern = new RegExp(`(?<![\\w.$])["']?${name}["']?\\s*[:,(}]`, "g");
        pattern.lastIndex = from;
        const match = pattern.exec(text);
        if (match === null || match.index >= end) break;
        const quoted = /^["']/.test(match[0]) ? 1 : 0;
        found = { at: match.index + quoted, length: step.length };
        from = match.index + match[0].length;
      }
      return found === undefined ? undefined : placeAt(text, found.at, found.length);
    },
  };
}
