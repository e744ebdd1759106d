import type { Diagnostic } from "../errors.ts";

/** What a path makes of a file: the kind of definition it must hold, and the name that gets. */
export interface DefinitionPath {
  readonly role: "source" | "model" | "consumer" | "story";
  /** `schema.name` for datasets; the file's own name for the others. */
  readonly name: string;
}

const namePattern = /^[a-z_][a-z0-9_]*$/i;
/** What nearly all files of a large project are called. */
const modelPattern = /^models\/([a-zA-Z_][a-zA-Z0-9_]*)\/([a-zA-Z_][a-zA-Z0-9_]*)\.sql$/;
const labelPattern = /^[a-z0-9][a-z0-9_-]*$/i;
const reservedSchemas = new Set(["main", "memory", "temp", "information_schema", "pg_catalog", "system"]);

/** Datasets are stored beside their refused rows, which get this ending. */
const reservedEnding = "__quarantine";

const extensions = {
  sources: [".ts"],
  models: [".sql", ".ts"],
  consumers: [".ts"],
  stories: [".md"],
} as const;

const roles = { sources: "source", models: "model", consumers: "consumer", stories: "story" } as const;

/**
 * Read the name from a path relative to the project. Undefined for files that define nothing and may lie
 * where they are: outside the folders of definitions, type declarations, read-me and hidden files.
 */
export function readDefinitionPath(path: string): DefinitionPath | Diagnostic | undefined {
  const [, schema, name] = modelPattern.exec(path) ?? [];
  if (schema !== undefined && name !== undefined) return nameDataset(path, "models", schema, name);
  const parts = path.split("/");
  const [folder] = parts;
  const file = parts.at(-1) ?? "";
  if (folder === undefined || !isFolder(folder) || parts.length < 2) return undefined;
  if (/^\.(?!\.)/.test(file) || file.endsWith(".d.ts") || /^readme\.md$/i.test(file)) return undefined;
  const extension = extensions[folder].find((one) => file.endsWith(one));
  if (extension === undefined) {
    const wanted = extensions[folder].map((one) => `*${one}`).join(" and ");
    return {
      code: "no-definition",
      severity: "warning",
      message: `"${file}" is not read: in ${folder}/ definitions are ${wanted}`,
      path,
    };
  }
  const stem = file.slice(0, -extension.length);
  if (folder === "consumers" || folder === "stories") return readLabel(path, folder, parts, stem);
  return readDatasetName(path, folder, parts, stem, extension);
}

const isFolder = (folder: string): folder is keyof typeof extensions => Object.hasOwn(extensions, folder);

function readLabel(
  path: string,
  folder: "consumers" | "stories",
  parts: readonly string[],
  stem: string,
): DefinitionPath | Diagnostic {
  if (parts.length > 2) return badName(path, `${folder}/ has no folders in it`, `move it to ${folder}/`);
  if (!labelPattern.test(stem)) {
    return badName(
      path,
      `"${stem}" is not a name`,
      'use letters, digits, "-" and "_", beginning with a letter or digit',
    );
  }
  return { role: roles[folder], name: stem };
}

function readDatasetName(
  path: string,
  folder: "sources" | "models",
  parts: readonly string[],
  stem: string,
  extension: string,
): DefinitionPath | Diagnostic {
  const schema = parts[1] ?? "";
  if (parts.length !== 3) {
    const why = parts.length < 3 ? "it has no schema" : "it lies too deep";
    return badName(
      path,
      `a dataset's name is its path, and ${why}`,
      `move it to ${folder}/<schema>/<name>${extension}`,
    );
  }
  for (const part of [schema, stem]) {
    if (!namePattern.test(part)) {
      const way = 'use letters, digits and "_", beginning with a letter or "_"';
      return badName(path, `"${part}" cannot be part of a dataset's name`, way);
    }
  }
  return nameDataset(path, folder, schema, stem);
}

/** The name that is made of two good ones, unless somebody else has it. */
function nameDataset(
  path: string,
  folder: "sources" | "models",
  schema: string,
  stem: string,
): DefinitionPath | Diagnostic {
  if (reservedSchemas.has(schema.toLowerCase())) {
    return badName(path, `the schema name "${schema}" belongs to the engine`, "give the folder another name");
  }
  if (stem.toLowerCase().endsWith(reservedEnding)) {
    return badName(
      path,
      `names ending in "${reservedEnding}" belong to the rows a contract refused`,
      "choose another name",
    );
  }
  return { role: roles[folder], name: `${schema}.${stem}` };
}

/** Whether a text is `schema.name` as a path could make it. */
export function isDatasetName(text: string): boolean {
  const read = readDefinitionPath(`models/${text.split(".").join("/")}.sql`);
  return read !== undefined && "role" in read && read.name === text;
}

function badName(path: string, message: string, suggestion: string): Diagnostic {
  return { code: "bad-name", severity: "error", message, path, suggestion };
}
