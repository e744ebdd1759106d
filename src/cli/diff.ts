import { SluiceError, exitCode } from "../errors.ts";
import type { EngineSession } from "../engine/engine.ts";
import { diffDocument } from "./diff-document.ts";
import { diffLines } from "./diff-lines.ts";
import { printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import type { Shell } from "./shell.ts";

interface DiffOptions extends VerbOptions {
  readonly key?: readonly string[];
  readonly sample: number;
  /** False with `--no-rows`. */
  readonly rows: boolean;
}

/** `sluice diff`: how the data of two environments, releases or versions differs. Exit 2 where it does. */
export async function diff(
  shell: Shell,
  a: string,
  b: string,
  datasets: readonly string[],
  options: DiffOptions,
): Promise<number> {
  return withWorkspace(shell, options, async (workspace) => {
    const [{ diff: compare }, { diffSide }, { whileReading }] = await Promise.all([
      import("../run/diff.ts"),
      import("../run/diff-side.ts"),
      import("../run/while-reading.ts"),
    ]);
    let session: Promise<EngineSession> | undefined;
    let stopped = false;
    using _interrupts = shell.interrupts(() => {
      if (stopped) shell.leave(exitCode.interrupted);
      stopped = true;
      void session?.then((opened) => opened.interrupt());
      void workspace.ports.storage.letGo();
    });
    const open = async (): Promise<EngineSession> => {
      if (stopped)
        throw new SluiceError("interrupted", "the comparison was stopped", { hint: "run it again" });
      return await (session ??= workspace.session());
    };
    const { ports } = workspace;
    const sides = [await diffSide(ports, a), await diffSide(ports, b)];
    const targets = sides.map(({ name, release }) =>
      release ? { environment: release.environment, release: release.number } : { version: name },
    );
    const [nameOfA = a, nameOfB = b] = sides.map(({ name }) => name);
    const { key, rows, sample: samples } = options;
    try {
      const found = await whileReading(ports, { targets, old: rows }, async () => {
        // Looked up once more, now that nothing of them can go away.
        const [first, second] = [await diffSide(ports, nameOfA), await diffSide(ports, nameOfB)];
        return compare(ports, { a: first, b: second, datasets, key, rows, samples }, open);
      });
      if (options.json) await printJson(shell, diffDocument(found));
      else await printLines(shell, diffLines(found, { style: shell.out.style, width: shell.out.width() }));
      return found.datasets.length === 0 ? exitCode.ok : exitCode.findings;
    } finally {
      await (await session)?.[Symbol.asyncDispose]();
    }
  });
}
