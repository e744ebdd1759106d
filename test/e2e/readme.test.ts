/** README.md shows what really happens: its commands are typed, and what they print is compared with what it says. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shell } from "./command-line.ts";

interface Typed {
  readonly command: string;
  readonly output: readonly string[];
}

let directory: string;
let typed: readonly Typed[];

/** The commands of all `console` blocks, each with the lines below it. `> ` goes on with a command. */
function readConsole(text: string): Typed[] {
  const lines = [...text.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
    block.trimEnd().split("\n"),
  );
  const found: { command: string; output: string[] }[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (line.startsWith("$ ")) found.push({ command: line.slice(2), output: [] });
    else if (line.startsWith("> ") && last) last.command += `\n${line.slice(2)}`;
    else last?.output.push(line);
  }
  return found;
}

/** What differs from time to time and from machine to machine, made equal; lines in any order, as work is done in parallel. */
function comparable(lines: readonly string[]): string[] {
  return lines
    .map((line) =>
      line
        .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, "TIME")
        .replaceAll(/\d+(\.\d+)? (s|min)\b/g, "DURATION")
        .replace(/^(\s*\d+\s+TIME\s+DURATION ago\s+\w+\s+)\S+/, "$1WHO")
        .replaceAll(/\s+/g, " ")
        .trim(),
    )
    .filter((line) => line !== "")
    .toSorted();
}

beforeAll(async () => {
  typed = readConsole(await readFile(join(import.meta.dirname, "../../README.md"), "utf8"));
  // The project is named after its directory.
  directory = join(await mkdtemp(join(tmpdir(), "sluice-readme-")), "shop");
  await mkdir(directory);
});
afterAll(() => rm(join(directory, ".."), { recursive: true, force: true }));

test("every command prints what README.md says", async () => {
  expect(typed.length).toBeGreaterThan(15);
  for (const { command, output } of typed) {
    const { stdout, stderr } = await shell(command, directory);
    expect(comparable(`${stdout}\n${stderr}`.split("\n")), command).toEqual(comparable(output));
  }
});
