import { exitCode } from "../errors.ts";
import type { Garbage } from "../run/collect.ts";
import { printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { bytes, counted } from "./quantity.ts";
import type { Shell } from "./shell.ts";
import { renderTable } from "./table.ts";

interface GcOptions extends VerbOptions {
  readonly keep: number;
  readonly yes?: boolean;
}

/** `sluice gc`: remove the data that no kept release needs; without `--yes`, say what that would be. */
export async function gc(shell: Shell, { keep, yes: apply = false, ...options }: GcOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const { collect } = await import("../run/collect.ts");
    const garbage = await collect(ports, {
      keep,
      apply,
      onWait: (message) => void shell.err.write(`${message}\n`),
    });
    if (options.json) await printJson(shell, { removed: apply, keep, ...garbage });
    else await printLines(shell, linesOf(garbage, { keep, apply }, shell));
    return garbage.files.length > 0 && !apply ? exitCode.findings : exitCode.ok;
  });
}

function linesOf(
  { versions, files, kept: others }: Garbage,
  { keep, apply }: { readonly keep: number; readonly apply: boolean },
  shell: Shell,
): string[] {
  const kept =
    keep === 1 ? "the newest release of each environment" : `the newest ${keep} releases of each environment`;
  const [needs, doNot] = keep === 1 ? ["needs", "does not need"] : ["need", "do not need"];
  const alsoKept = [
    ...(others.held > 0
      ? [`${counted(others.held, "version")} more stay because they are held: sluice hold ls`]
      : []),
    ...(others.read > 0 ? [`${counted(others.read, "version")} more stay because somebody reads them.`] : []),
  ];
  if (files.length === 0 && versions.length === 0) {
    const all = alsoKept.length > 0 ? "" : ` ${kept} ${needs} all that is stored.`;
    return [`Nothing to remove${all === "" ? "." : `:${all}`}`, ...alsoKept];
  }
  const size = files.reduce((sum, file) => sum + file.bytes, 0);
  const rows = [...Map.groupBy(files, ({ key }) => key.split("/")[0] ?? key)].map(([dataset, own]) => [
    dataset,
    String(versions.filter((version) => version.dataset === dataset).length),
    String(own.length),
    bytes(own.reduce((sum, file) => sum + file.bytes, 0)),
  ]);
  return [
    ...renderTable(
      [
        { title: "dataset" },
        { title: "versions", align: "right" },
        { title: "files", align: "right" },
        { title: "size", align: "right" },
      ],
      rows,
      { width: shell.out.width(), style: shell.out.style },
    ),
    "",
    apply
      ? `Removed ${counted(files.length, "file")}, ${bytes(size)}. Kept all that ${kept} ${needs}.`
      : `${counted(files.length, "file")}, ${bytes(size)}, that ${kept} ${doNot}. Remove them: sluice gc --keep ${keep} --yes`,
    ...alsoKept,
  ];
}
