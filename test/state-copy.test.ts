/** The whole truth of a project moves between stores through one file, and loses nothing. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { exportState, importState } from "../src/run/state-file.ts";
import { openPostgresStore } from "../src/store/postgres.ts";
import { openSqliteStore } from "../src/store/sqlite.ts";
import type { Store } from "../src/store/store.ts";
import { type PostgresServer, startPostgres } from "../src/testing/postgres-server.ts";
import { refusal } from "../src/testing/refusal.ts";
import {
  alive,
  audit,
  begin,
  dead,
  event,
  held,
  holder,
  minute,
  publication,
  run,
  version,
  versionsOf,
} from "../src/testing/store-fixtures.ts";
import { canMount, smallDisk } from "./e2e/small-disk.ts";

let server: PostgresServer | undefined;
let missing: string | undefined;
let directory: string;
let states = 0;
beforeAll(async () => {
  const started = await startPostgres();
  if ("skipped" in started) missing = started.skipped;
  else server = started;
}, 60_000);
afterAll(() => server?.[Symbol.asyncDispose]());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-copy-"));
  return () => rm(directory, { recursive: true, force: true });
});

type Kind = "SQLite" | "PostgreSQL";

function fresh(kind: Kind): Promise<Store> {
  states += 1;
  return kind === "SQLite"
    ? openSqliteStore(join(directory, `${states}.db`))
    : openPostgresStore(`${server?.url}?schema=${encodeURIComponent(`copy "${states}"`)}`);
}

const copying = (file: string) => ({
  path: join(directory, file),
  signal: new AbortController().signal,
  onProgress: () => undefined,
});

/** Whoever writes a file is known here by the number of its process. */
const isOwnerAlive = (pid: string): boolean => existsSync(`/proc/${pid}`);
const leave = (store: Store, file: string): Promise<number> =>
  exportState({ store, owner: String(process.pid), isOwnerAlive }, copying(file));
const enter = (store: Store, file: string, replace = false): Promise<number> =>
  importState({ store, isAlive: dead }, { ...copying(file), replace, schema: store.schema });
const bytesOf = (file: string): Promise<Buffer> => readFile(join(directory, file));

/** Text as people and files have it: quotes, line ends of all kinds, other scripts, halves of characters. */
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom("it's", '"', "a\nb\r\n", "\u2028\u2029", "zoë 🚰", "\\u0000", "%_", ""),
);

/** One thing that happens to a state. */
const happening = fc.oneof(
  fc.record({ what: fc.constant("publish" as const), name: text, drop: fc.boolean(), why: text }),
  fc.record({ what: fc.constant("hold" as const), reason: text }),
  fc.record({ what: fc.constant("run" as const), who: text, ends: fc.boolean() }),
  fc.record({ what: fc.constant("keep" as const), dataset: text, why: text }),
  fc.record({ what: fc.constant("settle" as const), landing: text }),
  fc.record({ what: fc.constant("collect" as const), keep: fc.integer({ min: 1, max: 3 }) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** Let things happen in an environment, as runs would. */
async function live(store: Store, environment: string, happenings: readonly Happening[]): Promise<void> {
  const lease = await begin(store, environment, []);
  let base = 0;
  for (const [at, one] of happenings.entries()) {
    const id = `${environment}-${at}`;
    if (one.what === "publish") {
      const manifest = {
        files: [],
        delivery: { counts: { received: 1, accepted: 1, quarantined: 0, rejected: 0 }, problems: [] },
      };
      await store.saveVersion(lease, version(id, { elapsed: 0.1 + at / 3, manifest }), audit(id));
      const changes = { [`d.${one.name}`]: one.drop ? null : id, "shop.orders": id };
      const news = [event("published", { environment, data: { why: one.why } })];
      await store.publish(lease, publication(environment, base, { changes, why: one.why, events: news }));
      base += 1;
    }
    if (one.what === "hold")
      await store.hold(lease, { "shop.orders": held("shop.orders", { reason: one.reason }) }, []);
    if (one.what === "run") {
      await store.beginRun(lease, run(id, lease, { who: one.who }), [event("run.started", { runId: id })]);
      await store.cancelRun(id, { at: minute(at), who: one.who, why: "" });
      if (one.ends)
        await store.endRun(lease, id, { state: "interrupted", endedAt: minute(at), reason: one.who });
    }
    if (one.what === "keep")
      await store.addLegalHold({
        id,
        target: { dataset: one.dataset },
        at: minute(at),
        who: "maria",
        why: one.why,
      });
    if (one.what === "settle")
      await store.settle(lease, {
        environment,
        release: base,
        project: "p",
        patterns: [],
        landing: one.landing,
        datasets: [],
        rows: {},
      });
    if (one.what === "collect")
      await store.collect({
        keep: one.keep,
        at: minute(at),
        isAlive: dead,
        isReading: () => true,
        apply: true,
      });
  }
}

describe.each([
  ["SQLite", "PostgreSQL"],
  ["PostgreSQL", "SQLite"],
  ["SQLite", "SQLite"],
] as const)("from %s to %s", (from, to) => {
  test("nothing is lost, whatever happened: the copy's copy is the same to the last byte", async ({
    skip,
  }) => {
    skip([from, to].includes("PostgreSQL") && missing !== undefined, missing);
    const histories = fc.array(happening, { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(histories, histories, async (prod, dev) => {
        const [first, second] = await Promise.all([fresh(from), fresh(to)]);
        try {
          await live(first, "prod", prod);
          await live(first, 'd"ev', dev);
          await leave(first, "first");
          await enter(second, "first");
          await leave(second, "second");
          expect((await bytesOf("second")).equals(await bytesOf("first"))).toBe(true);
          expect(await versionsOf(second, "prod")).toEqual(await versionsOf(first, "prod"));
          expect(await second.events(0, 100)).toEqual(await first.events(0, 100));
          expect(await second.legalHolds()).toEqual(await first.legalHolds());
          expect(await second.runs(100)).toEqual(await first.runs(100));
        } finally {
          await Promise.all([first.close(), second.close()]);
        }
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});

/** A state with a release, copied into the file "copy". */
async function copied(): Promise<Store> {
  const store = await fresh("SQLite");
  const lease = await begin(store, "prod", ["v1", "v2"]);
  await store.publish(lease, publication("prod", 0, { changes: { a: "v1" }, events: [event("one")] }));
  await leave(store, "copy");
  return store;
}

test("whoever comes to the copy finds what was, can go on, and nobody holds anything", async () => {
  await using cleanup = new AsyncDisposableStack();
  const first = await copied();
  cleanup.defer(() => first.close());
  const second = await fresh("SQLite");
  cleanup.defer(() => second.close());
  await enter(second, "copy");
  expect(await second.holding("prod")).toBeUndefined();
  const lease = await second.acquire("prod", holder(2), alive);
  expect(lease.epoch).toBe(2);
  expect(
    await second.publish(lease, publication("prod", 1, { changes: { a: "v2" }, events: [event("two")] })),
  ).toBe(2);
  expect((await second.events(0, 9)).map(({ sequence }) => sequence)).toEqual([1, 2]);
});

test("a state that is not empty is refused, unless it may be replaced; epochs go on growing", async () => {
  await using cleanup = new AsyncDisposableStack();
  const first = await copied();
  cleanup.defer(() => first.close());
  const second = await fresh("SQLite");
  cleanup.defer(() => second.close());
  await begin(second, "prod", ["other"]);
  const zombie = await second.acquire("prod", holder(5), dead);
  await refusal("state-not-empty", enter(second, "copy"));
  expect((await second.versions(["other"])).length).toBe(1);
  await refusal(
    "environment-busy",
    importState(
      { store: second, isAlive: alive },
      { ...copying("copy"), replace: true, schema: second.schema },
    ),
  );
  await enter(second, "copy", true);
  expect(await versionsOf(second, "prod")).toEqual({ a: "v1" });
  await refusal("state-damaged", second.versions(["other"]));
  await second.acquire("prod", holder(6), dead);
  await refusal("lease-lost", second.publish(zombie, publication("prod", 1)));
});

test("a file that was changed anywhere is refused with its line, and the state stays as it was", async () => {
  await using cleanup = new AsyncDisposableStack();
  const first = await copied();
  cleanup.defer(() => first.close());
  const target = await fresh("SQLite");
  cleanup.defer(() => target.close());
  const packed = await bytesOf("copy");
  const lines = gunzipSync(packed).toString().trimEnd().split("\n");
  const expectRefused = async (content: string | Uint8Array, where: RegExp): Promise<void> => {
    await writeFile(join(directory, "bad"), content);
    const error = await refusal("state-file-damaged", enter(target, "bad"));
    expect(error.message).toMatch(where);
    expect(await target.environments()).toEqual([]);
  };
  const pack = (changed: readonly string[]): Buffer => gzipSync(changed.map((line) => `${line}\n`).join(""));
  const last = lines.length;
  for (const at of lines.keys()) {
    const line = lines[at] ?? "";
    const changed = line.replace(/\d(?=[^\d]*$)/, (digit) => String((Number(digit) + 1) % 10));
    if (changed !== line && at > 0)
      await expectRefused(pack(lines.with(at, changed)), new RegExp(`in line ${at + 1}:`));
    if (at > 0 && at < last - 1)
      await expectRefused(pack(lines.toSpliced(at, 1)), new RegExp(`in line ${last - 1}: lines are missing`));
  }
  await expectRefused(pack(lines.slice(0, 4)), /in line 5: the file ends too early/);
  await expectRefused(packed.subarray(0, packed.length / 2), /in line \d+: it cannot be unpacked/);
  await expectRefused("just text", /in line 1: it cannot be unpacked/);
  await expectRefused(pack(["{}"]), /in line 1: it is not a state/);
  for (let at = 40; at < packed.length - 8; at += 97) {
    const flipped = Buffer.from(packed);
    flipped[at] = (flipped[at] ?? 0) ^ 0x10;
    await expectRefused(flipped, /in line \d+:/);
  }
});

test("killed in the middle, an import leaves the truth that was there, an export no file", async () => {
  const store = await copied();
  const lease = await store.acquire("prod", holder(2), dead);
  for (let at = 0; at < 6; at += 1) {
    const events = Array.from({ length: 5000 }, () => event("x".repeat(50)));
    await store.hold(lease, {}, events);
  }
  await leave(store, "large");
  await store.close();
  const source = states;
  const target = await copied();
  await target.close();
  const act = async (verb: "exportState" | "importState", delay: number): Promise<void> => {
    const script = `
      import { exportState, importState } from ${JSON.stringify(new URL("../src/run/state-file.ts", import.meta.url).href)};
      import { openSqliteStore } from ${JSON.stringify(new URL("../src/store/sqlite.ts", import.meta.url).href)};
      const settings = { signal: new AbortController().signal, onProgress: (rows) => rows > ${delay} && process.kill(process.pid, "SIGKILL"), replace: true };
      const store = await openSqliteStore(${JSON.stringify(directory)} + "/" + ${verb === "exportState" ? source : states} + ".db");
      if (${verb === "exportState"}) await exportState({ store, owner: String(process.pid), isOwnerAlive: () => true }, { ...settings, path: ${JSON.stringify(join(directory, "new"))} });
      else await importState({ store, isAlive: () => false }, { ...settings, schema: store.schema, path: ${JSON.stringify(join(directory, "large"))} });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", 2, 2] });
    expect(await once(child, "close")).toEqual([null, "SIGKILL"]);
  };
  await Promise.all([0, 600, 20_000].map((delay) => act("importState", delay)));
  const kept = await openSqliteStore(join(directory, `${states}.db`));
  expect((await kept.events(0, 9)).map(({ type }) => type)).toEqual(["one"]);
  expect(await versionsOf(kept, "prod")).toEqual({ a: "v1" });
  await kept.close();
  await Promise.all([0, 20_000].map((delay) => act("exportState", delay)));
  expect(await readdir(directory)).not.toContain("new");
  const partial = async (): Promise<string[]> =>
    (await readdir(directory)).filter((name) => name.endsWith(".partial"));
  const left = await partial();
  expect(left).toHaveLength(2);
  // The next one to write there removes what the dead have left, whatever their files were to be called.
  const living = `.sluice-state-${process.ppid}.partial`;
  await writeFile(join(directory, living), "of one that lives");
  const reader = await openSqliteStore(join(directory, `${source}.db`));
  await leave(reader, "newer");
  await reader.close();
  expect(await partial()).toEqual([living]);
}, 90_000);

test.skipIf(!canMount)("where it does not fit, an export ends, says why and leaves nothing", async () => {
  const store = await fresh("SQLite");
  const lease = await begin(store, "prod", []);
  // Text that does not get smaller by compressing.
  const events = Array.from({ length: 6000 }, () => event(randomBytes(200).toString("base64")));
  await store.hold(lease, {}, events);
  for (const kilobytes of [4, 40, 120]) {
    await using disk = smallDisk(kilobytes);
    const path = join(disk.root, "copy");
    let read = 0;
    const onProgress = (rows: number): void => void (read = rows);
    const left = exportState({ store, owner: "me", isOwnerAlive }, { ...copying("copy"), path, onProgress });
    await expect(left, `${kilobytes} KB`).rejects.toMatchObject({ code: "ENOSPC" });
    expect(read).toBeLessThan(events.length);
    expect(await readdir(disk.root)).toEqual([]);
  }
  await store.close();
});

test("a copy is of one moment, while others publish", async () => {
  const store = await copied();
  const lease = await store.acquire("prod", holder(2), dead);
  let going = true;
  const publishing = (async () => {
    for (let base = 1; going; base += 1) {
      const changes = { a: base % 2 === 0 ? "v1" : "v2" };
      await store.publish(lease, publication("prod", base, { changes, events: [event(String(base + 1))] }));
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const reader = await openSqliteStore(join(directory, `${states}.db`));
  for (const copy of ["a", "b", "c"]) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await leave(reader, copy);
    const back = await fresh("SQLite");
    await enter(back, copy);
    const { release = 0 } = (await back.environment("prod")) ?? {};
    expect((await back.events(0, 100_000)).length).toBe(release);
    expect((await back.releases("prod", 1))[0]?.changes).toEqual(await versionsOf(back, "prod"));
    await back.close();
  }
  going = false;
  await publishing;
  await Promise.all([store.close(), reader.close()]);
}, 90_000);

test("a link is not replaced by a copy of the state, nor is a device", async () => {
  const store = await fresh("SQLite");
  const link = copying("link");
  await symlink("/dev/stdout", link.path);
  expect(
    (await refusal("bad-usage", exportState({ store, owner: "1", isOwnerAlive }, link))).message,
  ).toContain("not an ordinary file");
  expect((await lstat(link.path)).isSymbolicLink()).toBe(true);
  await store.close();
});
