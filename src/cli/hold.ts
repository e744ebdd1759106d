import { exitCode } from "../errors.ts";
import type { LegalHold } from "../store/store.ts";
import { printable } from "./display-text.ts";
import { printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { age, moment } from "./quantity.ts";
import type { Shell } from "./shell.ts";
import { renderTable } from "./table.ts";

interface ReasonedOptions extends VerbOptions {
  readonly why: string;
}

/** `sluice hold add`: keep something from gc until it is taken back. */
export async function addHold(shell: Shell, what: string, options: ReasonedOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const { addHold: add, targetName } = await import("../run/holds.ts");
    const hold = await add(ports, what, { who: ports.holder.who, why: options.why });
    if (options.json) await printJson(shell, { hold });
    else
      await printLines(shell, [
        `Hold ${shortId(hold)} keeps ${printable(targetName(hold.target))} from gc until it is taken back: sluice hold rm ${shortId(hold)}`,
      ]);
    return exitCode.ok;
  });
}

/** `sluice hold rm`: take a hold back. */
export async function removeHold(shell: Shell, id: string, options: ReasonedOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const { removeHold: remove, targetName } = await import("../run/holds.ts");
    const hold = await remove(ports, id, { who: ports.holder.who, why: options.why });
    if (options.json) await printJson(shell, { hold });
    else
      await printLines(shell, [
        `Hold ${shortId(hold)} is taken back: ${printable(targetName(hold.target))} stays only as long as releases need it.`,
      ]);
    return exitCode.ok;
  });
}

/** `sluice hold ls`: what is held, by whom and why. */
export async function listHolds(shell: Shell, options: VerbOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const { targetName } = await import("../run/holds.ts");
    const holds = await ports.store.legalHolds();
    if (options.json) await printJson(shell, { holds });
    else if (holds.length === 0) await printLines(shell, ["Nothing is held."]);
    else {
      const rows = holds.map((hold) => [
        shortId(hold),
        printable(targetName(hold.target)),
        moment(hold.at),
        age(hold.at, shell.now()),
        printable(hold.who),
        printable(hold.why),
      ]);
      const columns = ["id", "what", "since", "", "who", "why"].map((title) => ({ title }));
      await printLines(
        shell,
        renderTable(columns, rows, { width: shell.out.width(), style: shell.out.style }),
      );
    }
    return exitCode.ok;
  });
}

const shortId = ({ id }: LegalHold): string => id.slice(0, 8);
