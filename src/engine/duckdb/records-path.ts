import { SluiceError } from "../../errors.ts";

/** One step on the way to the records of a JSON document. */
export type Step = { readonly into: "key"; readonly key: string } | { readonly into: "each" };

/** Where the records of a document are: the steps to each element, and the keys from there to the record itself. */
export interface RecordsPath {
  readonly text: string;
  readonly steps: readonly Step[];
  readonly inside: readonly string[];
}

/**
 * Read a path such as `$.data.children[*].data`. Without any `[*]` it leads to the array. Errors:
 * `project-invalid`.
 */
export function parseRecordsPath(text: string): RecordsPath {
  const steps: Step[] = [];
  const token = /\.([\p{L}\p{N}_$-]+)|\[("(?:[^"\\]|\\.)*")\]|\.("(?:[^"\\]|\\.)*")|(\[\*\])/uy;
  token.lastIndex = text.startsWith("$") ? 1 : text.length + 1;
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (!found) throw unreadable(text);
    const [, name, bracketed, quoted, each] = found;
    const key = name ?? (JSON.parse(bracketed ?? quoted ?? '""') as string);
    steps.push(each === undefined ? { into: "key", key } : { into: "each" });
  }
  if (token.lastIndex > text.length) throw unreadable(text);
  const last = steps.findLastIndex((step) => step.into === "each");
  if (last < 0) return { text, steps: [...steps, { into: "each" }], inside: [] };
  const inside = steps.slice(last + 1).flatMap((step) => (step.into === "key" ? [step.key] : []));
  return { text, steps: steps.slice(0, last + 1), inside };
}

const unreadable = (text: string): SluiceError =>
  new SluiceError("project-invalid", `records: "${text}" is not a path to an array of records`, {
    hint: 'write names and [*], such as "$.data.children[*].data"',
  });

/** A JSON pointer to a key below others, whatever is in their names. */
export const jsonPointer = (keys: readonly string[]): string =>
  keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
