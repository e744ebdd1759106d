import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { type ModelDefinition, type NamedCheck, checkLabel, checksOf } from "./model-definition.ts";

/** A source of a generated project: where its files lie, and its columns as a definition file writes them. */
export interface SourceDefinition {
  /** `schema.name` */
  readonly name: string;
  /** Pattern relative to the project. */
  readonly files: string;
  /** Column to contract, such as `t.integer().key()`. */
  readonly columns: Readonly<Record<string, string>>;
}

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Write a project as its users do: definition files, and the package `sluice` to be found from them. */
export async function writeSluiceProject(
  directory: string,
  models: readonly ModelDefinition[],
  sources: readonly SourceDefinition[],
): Promise<void> {
  await writeText(
    directory,
    "package.json",
    `${JSON.stringify({ name: "bench-project", private: true, type: "module" })}\n`,
  );
  await mkdir(join(directory, "node_modules"), { recursive: true });
  await symlink(repository, join(directory, "node_modules", "sluice"));
  await writeText(
    directory,
    "sluice.config.ts",
    'import { project } from "sluice";\n\nexport default project({ name: "bench" });\n',
  );
  for (const source of sources)
    await writeText(directory, `sources/${source.name.replace(".", "/")}.ts`, sourceText(source));
  for (const model of models) await writeText(directory, modelPath(model.name), modelText(model));
}

/** Where a model's definition lies in the project. */
export const modelPath = (name: string): string => `models/${name.replace(".", "/")}.sql`;

/** A model as its definition file has it: settings in the leading comment, then the query. */
export function modelText({ sql, columns, checks }: ModelDefinition): string {
  const listed = checks.map((spec) => {
    const { check, ...rest } = spec;
    return { [check]: { ...rest, name: checkLabel(spec) } };
  });
  const promised = Object.entries(columns).map(
    ([column, rules]) => [column, { ...rules, nullable: rules.nullable === true }] as const,
  );
  const settings = {
    ...(promised.length > 0 ? { columns: Object.fromEntries(promised) } : {}),
    ...(listed.length > 0 ? { checks: listed } : {}),
  };
  const header = Object.keys(settings).length > 0 ? `/*---\n${stringify(settings)}---*/\n` : "";
  return `${header}${sql}\n`;
}

/** What Sluice's results call each check of a model. */
export function sluiceCheckNames(model: ModelDefinition): ReadonlyMap<string, string> {
  const promised = checksOf(model).slice(0, checksOf(model).length - model.checks.length);
  const listed = checksOf(model).slice(promised.length);
  return new Map([
    ...promised.map((check) => [promiseName(check), check.id] as const),
    ...listed.map((check) => [checkLabel(check.spec), check.id] as const),
  ]);
}

function promiseName({ spec }: NamedCheck): string {
  if (spec.check === "duplicate_values") return `key (${spec.columns.join(", ")})`;
  return "column" in spec ? `${spec.column}: ${spec.check.replaceAll("_", " ")}` : spec.check;
}

function sourceText({ files, columns }: SourceDefinition): string {
  const lines = Object.entries(columns).map(([name, contract]) => `    ${name}: ${contract},`);
  return `import { files, source, t } from "sluice";\n\nexport default source({\n  from: files(${JSON.stringify(files)}),\n  columns: {\n${lines.join("\n")}\n  },\n});\n`;
}

async function writeText(directory: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
}
