import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { exitCode, SluiceError } from "../errors.ts";
import { type Lesson, lesson } from "./demo/lesson.ts";
import { createStage, LessonBroken, type Stage } from "./demo/stage.ts";
import { printJson, printLines } from "./open-workspace.ts";
import { packageRoot } from "./package-root.ts";
import { duration } from "./quantity.ts";
import type { Shell } from "./shell.ts";

interface DemoOptions {
  readonly comments: number;
  readonly json?: boolean;
}

const example = fileURLToPath(new URL("examples/community-comments", packageRoot));

/**
 * `sluice demo`: play the lesson in a fresh copy of the example, and see after each step whether it is true.
 * Exit 1 when it is not. Errors: `directory-not-empty`.
 */
export async function demo(shell: Shell, directory: string, options: DemoOptions): Promise<number> {
  const root = resolve(shell.cwd, directory);
  await refuseUsed(root, directory);
  await copyExample(root);
  const iterationTwo = await takeAwayIterationTwo(root);
  const started = performance.now();
  const stage = createStage(shell, root, options.json === true);
  await stage.tell(`${shell.out.style.dim("$")} ${shell.out.style.bold(`cd ${directory}`)}`);
  const broken = await playAll(shell, stage, { example, comments: options.comments, iterationTwo, seen: {} });
  const elapsed = Math.round(performance.now() - started);
  if (options.json) {
    const commands = stage.played.map(({ output: _output, ...played }) => played);
    await printJson(shell, {
      directory: root,
      ok: broken === undefined,
      broken: broken ?? null,
      commands,
      elapsed,
    });
  } else {
    await printLines(shell, broken ? brokenLines(shell, broken) : summaryLines(shell, directory, elapsed));
  }
  return broken ? exitCode.failed : exitCode.ok;
}

interface Broken {
  readonly step: string;
  readonly expected: string;
}

async function playAll(shell: Shell, stage: Stage, about: Lesson): Promise<Broken | undefined> {
  const { bold, dim } = shell.out.style;
  for (const [index, step] of lesson.entries()) {
    await stage.tell("", bold(`${index + 1}. ${step.title}`), dim(step.about));
    try {
      await step.play(stage, about);
    } catch (error) {
      if (!(error instanceof LessonBroken)) throw error;
      return { step: `${index + 1}. ${step.title}`, expected: error.message };
    }
  }
  return undefined;
}

async function refuseUsed(root: string, directory: string): Promise<void> {
  const entries = await readdir(root).catch(() => []);
  if (entries.length === 0) return;
  throw new SluiceError("directory-not-empty", `"${directory}" is not empty`, {
    hint: `Choose another directory: sluice demo another-demo; or remove "${directory}".`,
  });
}

/** The example, without what runs left behind in it. */
async function copyExample(root: string): Promise<void> {
  const left = new Set([".sluice", "landing", "node_modules"]);
  await mkdir(root, { recursive: true });
  await cp(example, root, {
    recursive: true,
    filter: (path) => !left.has(relative(example, path).split(sep)[0] ?? "") && !path.endsWith(".test.ts"),
  });
  // Its files are ES modules wherever they are copied to.
  const manifest = { name: "sluice-demo", private: true, type: "module" };
  await writeFile(join(root, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`, {
    flag: "wx",
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

/** Bring the copy back to where the first iteration ended. Answers with the files that the second one adds. */
async function takeAwayIterationTwo(root: string): Promise<readonly string[]> {
  // From the copy: Node does not load TypeScript from an installed package.
  const { iterationTwo } = (await import(pathToFileURL(join(root, "iterations.ts")).href)) as {
    iterationTwo: readonly string[];
  };
  for (const file of iterationTwo) await rm(join(root, file));
  return iterationTwo;
}

function brokenLines(shell: Shell, { step, expected }: Broken): string[] {
  const { red } = shell.out.style;
  return [
    "",
    `${red("The lesson broke")} in step ${step}`,
    `Expected: ${expected}.`,
    "This is a bug in Sluice. The project is left as it is, to be looked at.",
  ];
}

function summaryLines(shell: Shell, directory: string, elapsed: number): string[] {
  const { bold } = shell.out.style;
  return [
    "",
    bold(`The lesson held, in ${duration(elapsed)}.`),
    "",
    "  release 1   every comment of six networks in one place",
    "  release 2   what is said most, added while the data flowed: only the new models were built",
    "  no release  the poisoned delivery: stopped at the gate, readers kept release 2",
    "  release 3   the repaired delivery",
    "  release 4   the rollback: release 2 again, at once",
    "",
    "Where to look:",
    `  cd ${directory}`,
    "  sluice releases              the history",
    "  sluice show raw.slack        a source with its contract, accounting and what was refused",
    '  sluice query "from community.comments limit 10"',
    "  sluice run                   brings the repaired delivery forward again",
  ];
}
