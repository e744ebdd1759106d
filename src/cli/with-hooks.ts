import type { Workspace } from "../wiring.ts";
import { warningLine } from "./run-lines.ts";
import type { Shell } from "./shell.ts";

/** Do something of which hooks may have to be told, and tell them; what goes wrong with that is a warning. */
export async function withHooks<T>(shell: Shell, { ports }: Workspace, work: () => Promise<T>): Promise<T> {
  if (ports.hooks === undefined) return work();
  const { withHooks: carryOut } = await import("../run/hooks.ts");
  const warn = (message: string): void => {
    const line = warningLine({ type: "warning", message }, shell.err.style);
    void shell.err.write(`${line}\n`).catch(() => undefined);
  };
  return carryOut(ports, warn, work);
}
