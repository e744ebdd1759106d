import { expect, test } from "vitest";
import { createStyle, type Output } from "./shell.ts";
import { showFetching } from "./show-fetching.ts";

function terminal(isTerminal: boolean): { readonly err: Output; readonly written: string[] } {
  const written: string[] = [];
  const err: Output = {
    write: async (text) => void written.push(text),
    isTerminal,
    width: () => 80,
    height: () => 24,
    style: createStyle(false),
  };
  return { err, written };
}

/** Two files, one at once and one after some milliseconds. */
const twoFiles =
  (milliseconds: number) =>
  async (onFile: (located: number) => void): Promise<string> => {
    onFile(1);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    onFile(2);
    return "done";
  };

test("what takes a while is shown, and taken away again", async () => {
  const { err, written } = terminal(true);
  expect(await showFetching({ err }, twoFiles(700))).toBe("done");
  expect(written.slice(0, -1)).toEqual([
    "\rFetching from the storage: 1 file so far",
    "\rFetching from the storage: 2 files so far",
  ]);
  expect(written.at(-1)).toMatch(/^\r +\r$/);
});

test("what takes a moment is not shown, nor is anything where nobody looks", async () => {
  const quick = terminal(true);
  await showFetching(quick, twoFiles(1));
  const pipe = terminal(false);
  await showFetching(pipe, twoFiles(700));
  expect([...quick.written, ...pipe.written]).toEqual([]);
});
