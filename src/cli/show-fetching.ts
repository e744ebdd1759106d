import { counted } from "./quantity.ts";
import type { Shell } from "./shell.ts";

/** Milliseconds after which somebody who waits wants to know for what. */
const patience = 500;

/**
 * Do something that needs files on this machine. Where that takes more than a moment, and somebody looks, it is shown
 * how many are there.
 */
export async function showFetching<T>(
  { err }: Pick<Shell, "err">,
  action: (onFile: (located: number) => void) => Promise<T>,
): Promise<T> {
  if (!err.isTerminal) return action(() => undefined);
  const started = performance.now();
  let shown = 0;
  let known = 0;
  const show = (): void => {
    const text = `Fetching from the storage: ${counted(known, "file")} so far`;
    shown = text.length;
    void err.write(`\r${err.style.dim(text)}`);
  };
  const waiting = setTimeout(show, patience);
  try {
    return await action((located) => {
      known = located;
      if (performance.now() - started > patience) show();
    });
  } finally {
    clearTimeout(waiting);
    if (shown > 0) await err.write(`\r${" ".repeat(shown)}\r`);
  }
}
