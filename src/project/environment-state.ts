import { createHash } from "node:crypto";

/** Environment variables that definitions read, with the hash of each value: they may be secrets. */
export type EnvironmentState = Readonly<Record<string, string>>;

/** The state of these variables now; `*` stands for all of them. */
export function environmentState(names: readonly string[]): EnvironmentState {
  return Object.fromEntries(names.map((name) => [name, hashOf(name)]));
}

/** Whether definitions would read the same again. */
export function isSameEnvironment(then: EnvironmentState): boolean {
  return Object.entries(then).every(([name, hash]) => hashOf(name) === hash);
}

function hashOf(name: string): string {
  const value = name === "*" ? JSON.stringify(process.env) : process.env[name];
  return value === undefined ? "" : createHash("sha256").update(value).digest("hex");
}
