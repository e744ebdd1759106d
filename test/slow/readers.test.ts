/** While releases are published and rolled back, every one of many readers sees one of them, whole. */
import { type ChildProcess, fork } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "../../src/testing/postgres-server.ts";
import { projectOnDisk } from "../e2e/project-on-disk.ts";
import { project, ticks } from "./readers/project.ts";
import type { Sight } from "./readers/reader.ts";

const [processes, readersEach, releases] = [4, 8, 200];

let server: PostgresServer | undefined;
let missing: string | undefined;
beforeAll(async () => {
  const started = await startPostgres();
  if ("skipped" in started) missing = started.skipped;
  else server = started;
});
afterAll(() => server?.[Symbol.asyncDispose]());

const start = (script: string, ...args: readonly string[]): ChildProcess =>
  fork(new URL(`./readers/${script}.ts`, import.meta.url), args, {
    execArgv: [],
    stdio: ["ignore", 2, 2, "ipc"],
  });

const isObject = (message: unknown): boolean => typeof message === "object";

/** What a process says. */
const said = <T>(child: ChildProcess, isSaid: (message: unknown) => boolean): Promise<T> =>
  new Promise((resolve, reject) => {
    child.on("message", (message) => (isSaid(message) ? resolve(message as T) : undefined));
    child.on("exit", (code, signal) => reject(new Error(`a process ended with ${signal ?? code}`)));
  });

describe(`${processes * readersEach} readers, ${releases} releases and rollbacks`, () => {
  test.for(["sqlite", "postgres"])("state in %s", async (kind, { annotate, skip }) => {
    skip(kind === "postgres" && missing !== undefined, missing);
    await using place = await projectOnDisk(
      project(kind === "postgres" ? `${server?.url}` : ".sluice/state.db"),
    );
    expect(await place.run()).toMatchObject({ code: 0, release: 1 });
    const readers = Array.from({ length: processes }, () => start("reader", place.root, String(readersEach)));
    const sights = Promise.all(readers.map((reader) => said<Sight>(reader, isObject)));
    await Promise.all(readers.map((reader) => said(reader, (message) => message === "reading")));
    const batches = await said<number[]>(start("publisher", place.root, String(releases)), isObject);
    for (const reader of readers) reader.send("stop");
    const all = await sights;

    expect(all.flatMap(({ errors }) => errors)).toEqual([]);
    expect(batches).toHaveLength(releases + 1);
    const whole = new Set(
      batches.map((batch, release) => {
        const rows = ticks(batch).split("\n").length - 2;
        return `${release} ${JSON.stringify([[batch, batch, rows, rows, rows]])}`;
      }),
    );
    const answers = all.flatMap(({ seen }) => Object.keys(seen));
    expect(answers.filter((answer) => !whole.has(answer))).toEqual([]);
    const met = new Set(answers.map((answer) => answer.split(" ", 1)[0]));
    const reads = all.reduce((sum, sight) => sum + sight.reads, 0);
    await annotate(`${reads} reads met ${met.size} of ${releases} releases, each of them whole`);
    // They did read meanwhile, all of them.
    expect(Math.min(...all.map((sight) => sight.reads))).toBeGreaterThan(readersEach);
    expect(met.size).toBeGreaterThan(20);
    expect(new Set(batches).size).toBeGreaterThan(20);
  });
});
