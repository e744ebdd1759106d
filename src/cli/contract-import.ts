import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { importContract } from "../compile/odcs/contract-document.ts";
import type { OdcsObject } from "../compile/odcs/column-property.ts";
import { renderSource } from "../compile/odcs/render-source.ts";
import { exitCode, SluiceError } from "../errors.ts";
import { readContractFile } from "./contract-files.ts";
import { printable } from "./display-text.ts";
import { printJson, printLines, startDirectory, type VerbOptions } from "./open-workspace.ts";
import type { Shell } from "./shell.ts";

interface ImportOptions extends VerbOptions {
  readonly as?: string;
  readonly table?: string;
  readonly force?: boolean;
}

/** `sluice contract import`: a document of ODCS becomes the definition of a source. Nothing is overwritten unasked. */
export async function importContractFile(
  shell: Shell,
  file: string,
  options: ImportOptions,
): Promise<number> {
  const document = await readContractFile(shell, file);
  const index = findTable(document, options.table);
  const table = (document["schema"] as readonly OdcsObject[])[index];
  const id = datasetName(options.as ?? `raw.${String(table?.["name"])}`);
  const imported = importContract(document, index, id);
  const { findProject } = await import("../project/find-project.ts");
  const root = findProject(startDirectory(shell, options));
  const [schema = "", name = ""] = id.split(".");
  const path = join("sources", schema, `${name}.ts`);
  await mkdir(dirname(join(root, path)), { recursive: true });
  const text = renderSource(imported, `landing/${name}/**/*.csv`);
  const guessed = imported.settings.about["from"] === undefined;
  await writeFile(join(root, path), text, { flag: options.force === true ? "w" : "wx" }).catch(
    (cause: unknown) => {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
      throw new SluiceError("bad-usage", `"${path}" exists already`, {
        hint: "--force overwrites it; --as schema.name writes another one",
      });
    },
  );
  const { unsaid } = imported;
  if (options.json)
    await printJson(shell, { dataset: id, file: path, guessed: guessed ? ["from"] : [], unsaid });
  else {
    await printLines(shell, [
      `${id}: written to ${path}`,
      ...(guessed ? [`  where its files lie is a guess: look at "from"`] : []),
      ...(unsaid.length === 0 ? [] : ["  kept for the next export, of no meaning to Sluice:"]),
      ...unsaid.map((place) => `    ${printable(place)}`),
    ]);
  }
  return exitCode.ok;
}

/** Errors: `bad-usage` where it is not clear which table is meant. */
export function findTable(document: OdcsObject, wanted: string | undefined): number {
  const names = (document["schema"] as readonly OdcsObject[]).map(({ name }) => String(name));
  const found = wanted === undefined ? (names.length === 1 ? 0 : -1) : names.indexOf(wanted);
  if (found >= 0) return found;
  const message =
    wanted === undefined
      ? `The contract has ${names.length} tables`
      : `The contract has no table "${wanted}"`;
  throw new SluiceError("bad-usage", message, { hint: `say which with --table: ${names.join(", ")}` });
}

function datasetName(name: string): string {
  if (/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/.test(name)) return name;
  throw new SluiceError("bad-usage", `"${name}" cannot be the name of a dataset`, {
    hint: "say what it is called with --as: schema.name, in small letters, digits and _",
  });
}
