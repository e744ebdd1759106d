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
    const [{ diff: compare }, { diffSide }] = await Promise.all([
      import("../run/diff.ts"),
      import("../run/diff-side.ts"),
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
    try {
      const found = await compare(
        workspace.ports,
        {
          a: await diffSide(workspace.ports, a),
          b: await diffSide(workspace.ports, b),
          datasets,
          key: options.key,
          rows: options.rows,
          samples: options.sample,
        },
        open,
      );
      if (options.json) await printJson(shell, diffDocument(found));
      else await printLines(shell, diffLines(found, { style: shell.out.style, width: shell.out.width() }));
      return found.datasets.length === 0 ? exitCode.ok : exitCode.findings;
    } finally {
      await (await session)?.[Symbol.asyncDispose]();
    }
  });
}
