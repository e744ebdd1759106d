import { exitCode } from "../errors.ts";
import type { Examination } from "../run/examine.ts";
import { printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { bytes, count, counted } from "./quantity.ts";
import type { Shell } from "./shell.ts";
import { renderTable } from "./table.ts";

interface DoctorOptions extends VerbOptions {
  readonly deep?: boolean;
  readonly repair?: boolean;
}

/** `sluice doctor`: compare what the store says with what lies in storage, and say what to do. */
export async function doctor(shell: Shell, options: DoctorOptions): Promise<number> {
  const { deep = false, repair = false } = options;
  return withWorkspace(shell, options, async ({ ports }) => {
    const { examine } = await import("../run/examine.ts");
    const found = await examine(ports, { deep, repair, onProgress: progress(shell, deep) });
    if (options.json) await printJson(shell, found);
    else await printLines(shell, linesOf(found, { deep, repair }, shell));
    return found.damage.length > 0 && !repair ? exitCode.findings : exitCode.ok;
  });
}

/** Reading every file takes long: how far it is, on a terminal. */
function progress(
  shell: Shell,
  deep: boolean,
): (at: { readonly files: number; readonly of: number }) => void {
  if (!deep || !shell.err.isTerminal) return () => undefined;
  let shown = 0;
  return ({ files, of }) => {
    const percent = Math.floor((files / of) * 100);
    if (percent === shown && files < of) return;
    shown = percent;
    void shell.err.write(`\r${count(files)} of ${counted(of, "file")}${files === of ? "\n" : ""}`);
  };
}

function linesOf(
  { versions, files, bytes: size, damage, orphans, lost }: Examination,
  { deep, repair }: { readonly deep: boolean; readonly repair: boolean },
  shell: Shell,
): string[] {
  const compared = deep ? "content and checksum" : "name and length";
  const lines = [
    `Compared ${counted(files, "file")} (${bytes(size)}) of ${counted(versions, "version")} by ${compared}.`,
  ];
  if (orphans.files > 0) {
    lines.push(
      `${counted(orphans.files, "file")} (${bytes(orphans.bytes)}) that nobody recorded; sluice gc --yes removes ${orphans.files === 1 ? "it" : "them"}.`,
    );
  }
  if (damage.length === 0) return [...lines, "Everything that was recorded is there."];
  lines.push(
    "",
    ...renderTable(
      [{ title: "dataset" }, { title: "what", fixed: true }, { title: "published in" }, { title: "file" }],
      damage.map((one) => [one.dataset, one.kind, one.environments.join(", "), one.key]),
      { width: shell.out.width(), style: shell.out.style },
    ),
    "",
  );
  if (repair)
    return [...lines, `${counted(lost.length, "version")} given up. The next run builds them anew.`];
  return [
    ...lines,
    "Restore these files from a backup; or give the versions up, and the next run builds them anew: sluice doctor --repair",
  ];
}
