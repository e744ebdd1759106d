import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../errors.ts";
import type { ProjectSettings } from "../graph/graph.ts";
import { type EnvironmentState, environmentState, isSameEnvironment } from "./environment-state.ts";
import { loadCompiler } from "./compile-project.ts";
import type { FirstCompilation } from "./first-compilation.ts";
import { configName } from "./find-project.ts";

interface Remembered {
  /** The configuration and what it imports, relative to the project. */
  readonly files: readonly string[];
  /** What those files looked like. */
  readonly state: string;
  readonly environment: EnvironmentState;
  readonly settings: ProjectSettings;
}

export interface ReadSettings {
  /** Undefined when the configuration cannot be used; `diagnostics` then say why. */
  readonly settings: ProjectSettings | undefined;
  /** The password in the state's address, where there is one. It is not remembered. */
  readonly statePassword?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The settings of `sluice.config.ts` alone, for commands that need no compiled project: what is published
 * can be read while the models are broken. Evaluated once, then remembered until the file, what it imports
 * or the environment variables it reads change. `first` is told where that has begun, in another thread.
 */
export async function readSettings(root: string, first?: FirstCompilation): Promise<ReadSettings> {
  const remembered = recall(root);
  if (remembered !== undefined) return { settings: remembered.settings, diagnostics: [] };
  const [{ DefinitionsThread }, { loadDefinitions }, { readProject }, { splitPassword }] = await Promise.all([
    import("./evaluate.ts"),
    import("./load-definitions.ts"),
    import("../compile/read-project.ts"),
    import("../compile/state-address.ts"),
  ]);
  const before = stateOf(root, [configName]);
  const only = [{ path: configName, bytes: 0, modified: "", state: "" }];
  const thread = new DefinitionsThread(root);
  const loading = loadDefinitions({ root, files: only, directories: [], signature: "" }, { thread });
  first?.begin(loadCompiler);
  const { definitions, imported, environment } = await loading;
  const files = [...new Set([configName, ...(imported ?? [])])];
  const state = stateOf(root, files);
  const unchanged = before === stateOf(root, [configName]);
  if (first === undefined || !unchanged) thread.close();
  else first.keepThread(thread, () => stateOf(root, files) === state);
  const diagnostics: Diagnostic[] = [...definitions.diagnostics];
  const settings = readProject(definitions, diagnostics);
  const sound = settings !== undefined && !diagnostics.some(({ severity }) => severity === "error");
  const { value } = definitions.config;
  const { password } =
    value.kind === "project" && typeof value.state === "string" ? splitPassword(value.state) : {};
  if (sound && password === undefined && unchanged) {
    remember(root, {
      files,
      state,
      environment: environmentState(environment),
      settings,
    });
  }
  return {
    settings: sound ? settings : undefined,
    ...(password === undefined ? {} : { statePassword: password }),
    diagnostics,
  };
}

function stateOf(root: string, files: readonly string[]): string {
  return files
    .map((path) => {
      const stats = statSync(join(root, path), { bigint: true, throwIfNoEntry: false });
      return stats === undefined ? "gone" : `${stats.size}/${stats.mtimeNs}/${stats.ctimeNs}`;
    })
    .join(" ");
}

const memory = (root: string): string => join(root, ".sluice", "cache", "settings.json");

function recall(root: string): Remembered | undefined {
  try {
    const remembered = JSON.parse(readFileSync(memory(root), "utf8")) as Remembered;
    const isCurrent = stateOf(root, remembered.files) === remembered.state;
    return isCurrent && isSameEnvironment(remembered.environment) ? remembered : undefined;
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
