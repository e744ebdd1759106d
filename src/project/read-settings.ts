import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../errors.ts";
import type { ProjectSettings } from "../graph/graph.ts";
import { configName } from "./find-project.ts";

interface Remembered {
  readonly config: string;
  readonly settings: ProjectSettings;
}

export interface ReadSettings {
  /** Undefined when the configuration cannot be used; `diagnostics` then say why. */
  readonly settings: ProjectSettings | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The settings of `sluice.config.ts` alone, for commands that need no compiled project: what is published
 * can be read while the models are broken. Evaluated once, then remembered until the file changes.
 */
export async function readSettings(root: string): Promise<ReadSettings> {
  const stat = statSync(join(root, configName), { bigint: true });
  const config = `${stat.size}/${stat.mtimeNs}/${stat.ctimeNs}`;
  const remembered = recall(root);
  if (remembered?.config === config) return { settings: remembered.settings, diagnostics: [] };
  const [{ loadDefinitions }, { readProject }] = await Promise.all([
    import("./load-definitions.ts"),
    import("../compile/read-project.ts"),
  ]);
  const only = [{ path: configName, bytes: Number(stat.size), modified: String(stat.mtimeNs) }];
  const { definitions } = await loadDefinitions({ root, files: only, signature: "" });
  const diagnostics: Diagnostic[] = [...definitions.diagnostics];
  const settings = readProject(definitions, diagnostics);
  const sound = settings !== undefined && !diagnostics.some(({ severity }) => severity === "error");
  if (sound) remember(root, { config, settings });
  return { settings: sound ? settings : undefined, diagnostics };
}

const memory = (root: string): string => join(root, ".sluice", "cache", "settings.json");

function recall(root: string): Remembered | undefined {
  try {
    return JSON.parse(readFileSync(memory(root), "utf8")) as Remembered;
  } catch {
    return undefined;
  }
}

/** Written whole or not at all. Without a place to write, the file is evaluated again next time. */
function remember(root: string, remembered: Remembered): void {
  const path = memory(root);
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(join(root, ".sluice", "cache"), { recursive: true });
    writeFileSync(draft, JSON.stringify(remembered));
    renameSync(draft, path);
  } catch {
    // A cache never breaks a command.
  }
}
