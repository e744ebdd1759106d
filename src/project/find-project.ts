import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SluiceError } from "../errors.ts";

/** The file that makes a directory a project. */
export const configName = "sluice.config.ts";

/** The project's directory, absolute: `from` or the nearest one above it. Errors: `not-a-project`. */
export function findProject(from: string): string {
  const start = resolve(from);
  for (let directory = start; ; directory = dirname(directory)) {
    if (statSync(join(directory, configName), { throwIfNoEntry: false })?.isFile() === true) return directory;
    if (directory === dirname(directory)) break;
  }
  throw new SluiceError("not-a-project", `there is no ${configName} in "${start}" or above it`, {
    hint: "go to your project, or make one here with: sluice init",
  });
}
