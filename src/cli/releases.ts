import { exitCode } from "../errors.ts";
import type { Release } from "../store/store.ts";
import { printable } from "./display-text.ts";
import { environmentOf, printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { age, counted, moment, names } from "./quantity.ts";
import { releaseDocument } from "./release-document.ts";
import type { Shell } from "./shell.ts";
import { renderTable } from "./table.ts";

interface ReleasesOptions extends VerbOptions {
  readonly env?: string;
  readonly limit: number;
}

/** `sluice releases`: the history of an environment, newest first. */
export async function releases(shell: Shell, options: ReleasesOptions): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async ({ ports }) => {
    const { existing } = await import("../run/environment.ts");
    const current = await existing(ports, environment);
    const history = await ports.store.releases(environment, options.limit);
    if (options.json) {
      await printJson(shell, {
        environment,
        current: current.release,
        releases: history.map(releaseDocument),
      });
    } else await printLines(shell, historyLines(history, shell));
    return exitCode.ok;
  });
}

/** What a release changed, in words: `3 datasets: a, b, c; drops d; holds e`. */
function changesOf({ changes, held, from }: Release): string {
  const moved = Object.entries(changes).flatMap(([dataset, version]) => (version === null ? [] : [dataset]));
  const dropped = Object.entries(changes).flatMap(([dataset, version]) =>
    version === null ? [dataset] : [],
  );
  const parts = [
    from === undefined ? "" : `from ${from}`,
    moved.length === 0 ? "" : `${counted(moved.length, "dataset")}: ${names(moved)}`,
    dropped.length === 0 ? "" : `drops ${names(dropped)}`,
    Object.keys(held).length === 0 ? "" : `holds ${names(Object.keys(held))}`,
  ];
  if (moved.length + dropped.length === 0) parts.push("what the project says; no data moved");
  return parts.filter((part) => part !== "").join("; ");
}

function historyLines(history: readonly Release[], shell: Shell): string[] {
  const now = shell.now();
  return renderTable(
    [
      { title: "release", align: "right", fixed: true },
      { title: "when" },
      { title: "" },
      { title: "kind", fixed: true },
      { title: "who" },
      { title: "what changed" },
      { title: "why" },
    ],
    history.map((release) => [
      String(release.number),
      moment(release.at),
      age(release.at, now),
      release.kind,
      printable(release.who),
      changesOf(release),
      printable(release.why),
    ]),
    { width: shell.out.width(), style: shell.out.style },
  );
}
