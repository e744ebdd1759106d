import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { refusal } from "../testing/refusal.ts";
import { smallDisk } from "../testing/small-disk.ts";
import {
  begin,
  dead,
  event,
  holder,
  publication,
  version,
  audit,
  versionsOf,
} from "../testing/store-fixtures.ts";
import { schemaVersion } from "./migrations.ts";
import { openSqliteStore } from "./sqlite.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-state-"));
  file = join(directory, "state.db");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A state with two releases, closed. */
async function makeState(path = file): Promise<void> {
  const store = await openSqliteStore(path);
  const lease = await begin(store, "prod", ["v1", "v2"]);
  await store.publish(lease, publication("prod", 0, { changes: { a: "v1" } }));
  await store.publish(lease, publication("prod", 1, { changes: { a: "v2" } }));
  await store.close();
}

function withDatabase<T>(path: string, action: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    return action(database);
  } finally {
    database.close();
  }
}

describe("a file that is not a sound state", () => {
  test("of a newer Sluice is refused, naming both versions, and stays as it is", async () => {
    await makeState();
    withDatabase(file, (database) => database.exec("pragma user_version = 999"));
    const error = await refusal("state-newer", openSqliteStore(file));
    expect(error.message).toContain("999");
    expect(error.message).toContain(String(schemaVersion));
    expect(
      withDatabase(file, (database) => database.prepare("select count(*) as n from releases").get()),
    ).toMatchObject({ n: 2 });
  });

  test("of something else is damage, and is left alone", async () => {
    writeFileSync(file, "these are not the bytes you are looking for ".repeat(200));
    const error = await refusal("state-damaged", openSqliteStore(file));
    expect(error.message).toContain(file);
    expect(readFileSync(file, "utf8")).toMatch(/^these are not/);
  });

  test("of another program is refused, and nothing is added to it", async () => {
    withDatabase(file, (database) =>
      database.exec("create table customers (id integer); pragma journal_mode = delete"),
    );
    const before = readFileSync(file);
    await refusal("state-damaged", openSqliteStore(file));
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("with overwritten pages is damage, as soon as they are read", async () => {
    await makeState();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xa5, 4096));
    const read = openSqliteStore(file).then((store) => store.pointers("prod"));
    expect((await refusal("state-damaged", read)).message).toContain(file);
  });

  test("cut off in the middle is damage", async () => {
    await makeState();
    truncateSync(file, 3 * 4096 + 100);
    const read = openSqliteStore(file).then((store) => store.versions(["v1"]));
    expect((await refusal("state-damaged", read)).message).toContain(file);
  });

  test("with a document that is none is damage, naming whose", async () => {
    await makeState();
    withDatabase(file, (database) =>
      database.exec("update versions set columns = '[{' where id = 'v2'; update graphs set document = x'00'"),
    );
    const store = await openSqliteStore(file);
    expect((await store.versions(["v1"])).length).toBe(1);
    expect((await refusal("state-damaged", store.versions(["v2"]))).message).toContain("v2");
    expect((await refusal("state-damaged", store.graph("graph-1"))).message).toContain("graph-1");
    await store.close();
  });

  test("that is a directory cannot be opened", async () => {
    mkdirSync(file);
    expect((await refusal("state-damaged", openSqliteStore(file))).message).toContain("is a directory");
  });

  test("below a file cannot be made", async () => {
    writeFileSync(file, "");
    expect((await refusal("state-damaged", openSqliteStore(join(file, "state.db")))).message).toContain(
      `"${file}" is not a directory`,
    );
  });

  test("that is empty is a new state", async () => {
    writeFileSync(file, "");
    await makeState();
    expect(withDatabase(file, (database) => database.prepare("pragma journal_mode").get())).toMatchObject({
      journal_mode: "wal",
    });
  });
});

describe("a state that others write to", () => {
  test("is waited for without keeping this process from its other work", async () => {
    await makeState();
    const store = await openSqliteStore(file);
    const other = new DatabaseSync(file);
    other.exec("begin immediate");
    let ticks = 0;
    const clock = setInterval(() => (ticks += 1), 5);
    const taken = store.acquire("prod", holder(2), dead);
    await sleep(300);
    clearInterval(clock);
    expect(ticks).toBeGreaterThan(5);
    // Readers do not wait for a writer.
    expect(await versionsOf(store, "prod")).toEqual({ a: "v2" });
    other.exec("rollback");
    expect((await taken).epoch).toBe(2);
    other.close();
    await store.close();
  });

  test("for too long is given up, saying how long", async () => {
    await makeState();
    const store = await openSqliteStore(file, { patience: 200 });
    const other = new DatabaseSync(file);
    other.exec("begin immediate");
    const error = await refusal("environment-busy", store.acquire("prod", holder(2), dead));
    expect(error.message).toContain("0.2 s");
    other.close();
    expect((await store.acquire("prod", holder(2), dead)).epoch).toBe(2);
    await store.close();
  });
});

describe("a process that dies while it makes the schema", () => {
  /** Open the state in a process of its own, which dies before its `fatal`th statement. Resolves to how it ended. */
  async function openAndDie(fatal: number): Promise<NodeJS.Signals | number | null> {
    const program = `
      import { DatabaseSync, StatementSync } from "node:sqlite";
      let left = ${fatal};
      for (const [owner, name] of [[DatabaseSync, "exec"], [StatementSync, "run"], [StatementSync, "all"], [StatementSync, "get"]]) {
        const original = owner.prototype[name];
        owner.prototype[name] = function (...values) {
          if (--left === 0) process.kill(process.pid, "SIGKILL");
          return original.apply(this, values);
        };
      }
      const { openSqliteStore } = await import(${JSON.stringify(new URL("./sqlite.ts", import.meta.url).href)});
      await openSqliteStore(${JSON.stringify(file)});`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "inherit" });
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return signal ?? code;
  }

  const tables = (): unknown[] =>
    withDatabase(file, (database) =>
      database.prepare("select name from sqlite_schema where type = 'table'").all(),
    );

  test("leaves nothing half made, wherever it dies", { timeout: 120_000 }, async () => {
    await openAndDie(0);
    const all = tables();
    const deaths: number[] = [];
    // Every third statement, up to the first number that the opening does not reach.
    for (let fatal = 1; ; fatal += 3) {
      rmSync(directory, { recursive: true });
      if ((await openAndDie(fatal)) === 0) break;
      deaths.push(fatal);
      expect([[], all]).toContainEqual(tables());
      await makeState();
    }
    expect(deaths.length).toBeGreaterThan(5);
  });

  test(
    "does not keep another that starts at the same moment from finishing",
    { timeout: 60_000 },
    async () => {
      for (const fatal of [4, 10, 16]) {
        rmSync(directory, { recursive: true });
        const [, survivor] = await Promise.all([openAndDie(fatal), openAndDie(0), openAndDie(fatal + 1)]);
        expect(survivor).toBe(0);
        expect(tables().length).toBeGreaterThan(16);
        await makeState();
      }
    },
  );
});

describe("a disk that says no", () => {
  test("read-only, with a state on it", async ({ skip }) => {
    const disk = smallDisk(4 << 20);
    if ("skipped" in disk) return skip(disk.skipped);
    using _ = disk;
    await makeState(join(disk.path, "state.db"));
    disk.setReadOnly(true);
    const error = await refusal(
      "disk-read-only",
      openSqliteStore(join(disk.path, "state.db")).then((store) => store.acquire("prod", holder(2), dead)),
    );
    expect(error.message).toContain(disk.path);
    await refusal("disk-read-only", openSqliteStore(join(disk.path, "deep", "new.db")));
    await refusal("disk-read-only", openSqliteStore(join(disk.path, "new.db")));
  });

  test("read-only: what is published stays readable, and nothing is written", async ({ skip }) => {
    const disk = smallDisk(4 << 20);
    if ("skipped" in disk) return skip(disk.skipped);
    using _ = disk;
    await makeState(join(disk.path, "state.db"));
    const store = await openSqliteStore(join(disk.path, "state.db"));
    await store.close();
    disk.setReadOnly(true);
    const reading = await openSqliteStore(join(disk.path, "state.db"));
    expect(await versionsOf(reading, "prod")).toEqual({ a: "v2" });
    await refusal("disk-read-only", reading.acquire("prod", holder(2), dead));
    await reading.close();
    disk.setReadOnly(false);
    const again = await openSqliteStore(join(disk.path, "state.db"));
    expect(await versionsOf(again, "prod")).toEqual({ a: "v2" });
    await again.close();
  });

  test("read-only for this one alone: what is read is of one moment, or refused", async ({ skip }) => {
    const disk = smallDisk(4 << 20);
    if ("skipped" in disk) return skip(disk.skipped);
    using _ = disk;
    const file = join(disk.path, "state.db");
    await makeState(file);
    disk.setReadOnly(true);
    const reading = await openSqliteStore(file);
    disk.setReadOnly(false);
    const writing = await openSqliteStore(file);
    const lease = await writing.acquire("prod", holder(2), dead);
    const base = (await writing.environment("prod"))?.release ?? 0;
    await writing.publish(lease, publication("prod", base, { changes: { a: null } }));
    expect(await versionsOf(reading, "prod")).toEqual({ a: "v2" });
    // The last one who writes moves the log into the file.
    await writing.close();
    const error = await refusal("environment-busy", versionsOf(reading, "prod"));
    expect(error.message).toContain(file);
    await reading.close();
    const again = await openSqliteStore(file);
    expect(await versionsOf(again, "prod")).toEqual({});
    await again.close();
  });

  test("full: nothing of the publication is there, and once there is space it goes on", async ({ skip }) => {
    const disk = smallDisk(2 << 20);
    if ("skipped" in disk) return skip(disk.skipped);
    using _ = disk;
    const path = join(disk.path, "state.db");
    const store = await openSqliteStore(path);
    const lease = await begin(store, "prod", ["v1"]);
    await store.publish(lease, publication("prod", 0, { changes: { a: "v1" } }));
    disk.fill();
    const large = {
      changes: { a: null, b: "v1" },
      events: Array.from({ length: 2000 }, () => event("large", { data: { text: "x".repeat(500) } })),
    };
    const error = await refusal("disk-full", store.publish(lease, publication("prod", 1, large)));
    expect(error.message).toContain(path);
    expect(await versionsOf(store, "prod")).toEqual({ a: "v1" });
    await refusal("disk-full", openSqliteStore(join(disk.path, "new", "state.db")));
    disk.free();
    expect(await store.publish(lease, publication("prod", 1, { changes: { b: "v1" } }))).toBe(2);
    expect(await store.saveVersion(lease, version("v2"), audit("v2"))).toBe("v2");
    await store.close();
    const again = await openSqliteStore(path);
    expect(await versionsOf(again, "prod")).toEqual({ a: "v1", b: "v1" });
    await again.close();
  });
});

test("a state that was opened and never used closes, and may be closed twice", async () => {
  const store = await openSqliteStore(join(directory, "deep", "er", "state.db"));
  await store.close();
  await store.close();
  expect(dirname(file)).toBe(directory);
});
