import { resolve } from "node:path";
import { exitCode, SluiceError } from "../errors.ts";
import { printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { counted } from "./quantity.ts";
import type { Shell } from "./shell.ts";

interface ImportOptions extends VerbOptions {
  readonly replace?: boolean;
}

/** `sluice state export`: the project's whole truth in one file. */
export async function exportState(shell: Shell, file: string, options: VerbOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const { exportState: write } = await import("../run/state-file.ts");
    const path = resolve(shell.cwd, file);
    using copying = watched(shell);
    const rows = await write(ports, { path, ...copying }).catch(refuseFile(path));
    if (options.json) await printJson(shell, { file: path, rows });
    else
      await printLines(shell, [
        `Wrote ${counted(rows, "row")} to ${file}. The data itself is in the storage; keep a copy of that too.`,
      ]);
    return exitCode.ok;
  });
}

/** `sluice state import`: the truth from a file. */
export async function importState(shell: Shell, file: string, options: ImportOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const { importState: read } = await import("../run/state-file.ts");
    const path = resolve(shell.cwd, file);
    const { replace = false } = options;
    using copying = watched(shell);
    const { schema } = ports.store;
    const rows = await read(ports, { path, replace, schema, ...copying }).catch(refuseFile(path));
    if (options.json) await printJson(shell, { file: path, rows });
    else
      await printLines(shell, [
        `Read ${counted(rows, "row")} from ${file}. sluice doctor says whether the data is there as well.`,
      ]);
    return exitCode.ok;
  });
}

/** What the system says of a path that leads to no file. Other errors, also about other files, stay as they are. */
function refuseFile(path: string): (error: unknown) => never {
  const reasons: Readonly<Record<string, readonly [string, string]>> = {
    ENOENT: ["is not there", "check the path; directories are not made"],
    ENOTDIR: ["leads through something that is not a directory", "check the path"],
    EISDIR: ["is a directory", "name a file, such as backup.ndjson.gz in it"],
    ENAMETOOLONG: ["is too long for a name of a file", "choose a shorter one"],
  };
  return (error) => {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const [what, hint] = reasons[code] ?? [];
    if (what === undefined || error instanceof SluiceError) throw error;
    throw new SluiceError("bad-usage", `"${path}" ${what}`, { cause: error, ...(hint && { hint }) });
  };
}

/** Ctrl-C, and on a terminal how many rows it has been. */
function watched(shell: Shell): Disposable & {
  readonly signal: AbortSignal;
  readonly onProgress: (rows: number) => void;
} {
  const stop = new AbortController();
  const interrupts = shell.interrupts(() => {
    if (stop.signal.aborted) shell.leave(exitCode.interrupted);
    stop.abort();
  });
  let shown = 0;
  return {
    signal: stop.signal,
    onProgress: (rows) => {
      if (!shell.err.isTerminal || rows - shown < 10_000) return;
      shown = rows;
      void shell.err.write(`\r${counted(rows, "row")}`);
    },
    [Symbol.dispose]: () => {
      interrupts[Symbol.dispose]();
      if (shown > 0) void shell.err.write("\n");
    },
  };
}
