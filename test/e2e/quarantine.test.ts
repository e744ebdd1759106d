/** What a contract refused is kept, shown without personal data, read again after a repair, or dropped by somebody's word. */
import { userInfo } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config, csv, shop } from "./shop-project.ts";

const people = `import { files, source, t } from "sluice";
export default source({
  from: files("landing/people/*.ndjson"),
  columns: { id: t.integer().key(), mail: t.text().tag("pii.email").from("contact.mail"), age: t.integer().min(0) },
  quarantine: { warn: 0, stop: 0.9 },
});
`;
const person = (id: unknown, age: unknown): string =>
  `${JSON.stringify({ id, contact: { mail: "ada@secret.example" }, age })}\n`;
const orders = (shop["sources/raw/orders.ts"] as string).replace("stop: 0.25", "stop: 0.6");
const doubtful = csv(
  "10,2026-03-04,tea,1.00",
  "11,2026-03-04,tea,-3.00",
  "12,2026-03-04,tea,-4.00",
  "x13,2026-03-04,tea,1.00",
  "14,2026-03-04,tea,1.00",
);

interface Quarantine {
  readonly dataset: string;
  readonly version: string;
  readonly standing: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly reasons: readonly {
    readonly reason: string;
    readonly outcome: string;
    readonly records: number;
    readonly firstSeen: string;
    readonly lastSeen: string;
  }[];
  readonly drops: readonly { readonly who: string; readonly why: string; readonly records: number }[];
}

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    ...shop,
    "sluice.config.ts": config(),
    "sources/raw/orders.ts": orders,
    "sources/raw/people.ts": people,
    "landing/people/a.ndjson": person(1, 30) + person("no", 40) + "{ broken ada@secret.example\n",
    "landing/orders/wednesday.csv": doubtful,
  });
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
});
afterAll(() => project[Symbol.asyncDispose]());

async function ask<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await project.sluice(["quarantine", ...args, "--json"]);
  expect({ code, stderr }, args.join(" ")).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as T;
}
const list = async (...args: readonly string[]): Promise<readonly Quarantine[]> =>
  (await ask<{ readonly quarantines: readonly Quarantine[] }>("ls", ...args)).quarantines;
const openIncidents = async (): Promise<readonly unknown[]> =>
  (
    JSON.parse((await project.sluice(["incidents", "ls", "--json"])).stdout) as {
      incidents: readonly unknown[];
    }
  ).incidents;
const rows = () =>
  project.query("select count(*)::integer as n, sum(amount)::varchar as sum from raw.orders");

test("is listed by dataset, version and reason, with when it was seen", async () => {
  const all = await list();
  expect(all.map(({ dataset, standing }) => [dataset, standing])).toEqual([
    ["raw.orders", "published"],
    ["raw.people", "published"],
  ]);
  expect(all[0]?.counts).toEqual({ received: 8, accepted: 5, quarantined: 3, rejected: 0 });
  expect(all[0]?.reasons.map(({ records }) => records)).toEqual([2, 1]);
  for (const { firstSeen, lastSeen } of all[0]?.reasons ?? []) {
    expect(Date.now() - Date.parse(firstSeen)).toBeLessThan(300_000);
    expect(lastSeen).toBe(firstSeen);
  }
  const { stdout } = await project.sluice(["quarantine", "ls", "raw.orders"]);
  expect(stdout).toContain(all[0]?.reasons[0]?.reason);
});

describe("a record", () => {
  test("is shown as it came, with its place, where nothing in it is personal", async () => {
    const { records } = await ask<{ records: readonly Record<string, unknown>[] }>(
      "show",
      "raw.orders",
      "--reason",
      "amount",
    );
    expect(records).toMatchObject([
      {
        file: "landing/orders/wednesday.csv",
        position: 3,
        outcome: "quarantined",
        raw: "11,2026-03-04,tea,-3.00",
        hidden: [],
      },
      { position: 4 },
    ]);
    expect(
      (await ask<{ records: readonly unknown[] }>("show", "raw.orders", "--limit", "1")).records,
    ).toHaveLength(1);
    expect(
      (await ask<{ records: readonly unknown[] }>("show", "raw.orders", "--reason", "o'clock")).records,
    ).toEqual([]);
  });

  test("is shown without personal data; what cannot be read is not shown at all", async () => {
    const { records } = await ask<{ records: readonly { raw: string | null; hidden: readonly string[] }[] }>(
      "show",
      "raw.people",
    );
    expect(records.map(({ raw, hidden }) => [raw, hidden])).toEqual([
      ['{"id":"no","age":40}', ["contact"]],
      [null, ["*"]],
    ]);
    const { stdout } = await project.sluice(["quarantine", "show", "raw.people"]);
    expect(stdout).toContain("hidden");
    expect(stdout + JSON.stringify(records)).not.toContain("secret");
    const shown = await project.sluice(["show", "raw.people"]);
    const document = await project.sluice(["show", "raw.people", "--json"]);
    expect(shown.stdout).toContain("hidden");
    expect(shown.stdout + document.stdout).not.toContain("secret");
  });

  test("is there when the first delivery was refused as a whole, and nothing was ever published", async () => {
    await using fresh = await projectOnDisk({
      "sluice.config.ts": config(),
      "sources/raw/people.ts": people,
      "landing/people/a.ndjson": person("no", 40) + person("nobody", 41),
    });
    expect(await fresh.run()).toMatchObject({ code: 1 });
    const listed = await fresh.sluice(["quarantine", "ls"]);
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/refused +id: not an integer/) });
    const records = await fresh.sluice(["quarantine", "show", "raw.people"]);
    expect(records).toMatchObject({ code: 0, stdout: expect.stringContaining("without contact") });
    expect(records.stdout).not.toContain("secret");
    const elsewhere = await fresh.sluice(["quarantine", "ls", "--env", "nope"]);
    expect(elsewhere).toMatchObject({ code: 64, stderr: expect.stringContaining('"nope"') });
  });
});

describe("replay", () => {
  const replay = async () => {
    const { code, stdout } = await project.sluice(["quarantine", "replay", "raw.orders", "--json"]);
    const { replay: account } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as {
      replay: Record<string, unknown>;
    };
    return { code, ...account };
  };

  test("of what nothing has changed about reads nothing, and says so", async () => {
    expect(await replay()).toMatchObject({ code: 0, isRead: false, refused: 3 });
    const { stdout } = await project.sluice(["quarantine", "replay", "raw.orders"]);
    expect(stdout).toContain(
      "3 records of raw.orders are refused still: neither its contract nor a file has changed",
    );
  });

  test("after the contract was repaired, accepts what fits it now, by an ordinary run", async () => {
    const before = (await list("raw.orders"))[0];
    await project.write({
      "sources/raw/orders.ts": orders.replace("t.decimal(10, 2).min(0)", "t.decimal(10, 2)"),
    });
    const done = await replay();
    expect(done).toMatchObject({
      code: 1,
      isRead: true,
      refused: 3,
      accepted: 2,
      still: 1,
      gone: 0,
      more: 0,
    });
    // Revenue has a check of its own against negative figures: it is held, and the orders are there.
    expect(await rows()).toEqual([{ n: 7, sum: "3.00" }]);
    const [now] = await list("raw.orders");
    expect(now?.counts).toEqual({ received: 8, accepted: 7, quarantined: 1, rejected: 0 });
    // What is refused still was first seen when it came, not when it was read again.
    const stillRefused = before?.reasons.find(({ records }) => records === 1);
    expect(now?.reasons[0]?.firstSeen).toBe(stillRefused?.firstSeen);
    expect((await project.sluice(["rollback"])).code).toBe(0);
    expect((await list("raw.orders"))[0]?.counts).toMatchObject({ quarantined: 3 });
    await project.write({ "sources/raw/orders.ts": orders });
    expect(await project.run()).toMatchObject({ code: 0 });
  });

  test("after the file was repaired, or is gone, accounts for every record", async () => {
    await project.write({
      "landing/orders/wednesday.csv": doubtful.replace("x13", "13").replace("-3.00", "3.00"),
    });
    expect(await replay()).toMatchObject({ code: 0, refused: 3, accepted: 2, still: 1, gone: 0 });
    await project.write({ "landing/orders/wednesday.csv": null });
    expect(await replay()).toMatchObject({ code: 0, refused: 1, accepted: 0, still: 0, gone: 1 });
    await project.write({ "landing/orders/wednesday.csv": doubtful });
    expect(await project.run()).toMatchObject({ code: 0 });
  });
});

describe("drop", () => {
  test("needs a reason, and something to drop", async () => {
    for (const [args, expected] of [
      [["drop", "raw.orders"], "--why"],
      [["drop", "raw.orders", "--why", " "], "needs a reason"],
      [["drop", "raw.orders", "--why", "x", "--reason", "nothing"], "quarantine ls raw.orders"],
      [["drop", "raw.ordres", "--why", "x"], "raw.orders"],
      [["show", "raw.ordres"], "raw.orders"],
    ] as const) {
      const { code, stderr } = await project.sluice(["quarantine", ...args]);
      expect({ args, code }).toEqual({ args, code: 64 });
      expect(stderr).toContain(expected);
    }
  });

  test("accepts the loss of one kind: recorded, counted, in a release; readers see what they saw", async () => {
    const before = await rows();
    const { stdout, code } = await project.sluice([
      "quarantine",
      "drop",
      "raw.orders",
      "--reason",
      "amount",
      "--why",
      "test orders",
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("the loss of 2 records of raw.orders is accepted; 1 left in quarantine");
    expect(await rows()).toEqual(before);
    const [now] = await list("raw.orders");
    expect(now?.counts).toEqual({ received: 8, accepted: 5, quarantined: 3, rejected: 0, dropped: 2 });
    expect(now?.reasons.map(({ outcome, records }) => [outcome, records])).toEqual([
      ["dropped", 2],
      ["quarantined", 1],
    ]);
    expect(now?.drops).toMatchObject([{ who: userInfo().username, why: "test orders", records: 2 }]);
    expect((await project.releases())[0]).toMatchObject({ kind: "publish", why: "test orders" });
    // Nothing downstream is built for it, and nothing is read again.
    expect(await project.run()).toMatchObject({ code: 0, release: null, built: [] });
  });

  test("of all of it resolves the incident; a delivery that comes later keeps it, and its own is counted anew", async () => {
    const orders_ = { dataset: "raw.orders", state: "open" };
    expect(await openIncidents()).toContainEqual(expect.objectContaining(orders_));
    expect(
      (await project.sluice(["quarantine", "drop", "raw.orders", "--why", "the till was new"])).code,
    ).toBe(0);
    expect(await openIncidents()).not.toContainEqual(expect.objectContaining(orders_));
    await project.write({
      "landing/orders/thursday.csv": csv("20,2026-03-05,tea,1.00", "21,2026-03-05,tea,-1.00"),
    });
    expect(await project.run()).toMatchObject({ code: 0 });
    const [now] = await list("raw.orders");
    expect(now?.counts).toEqual({ received: 10, accepted: 6, quarantined: 4, rejected: 0, dropped: 3 });
    expect(await openIncidents()).toContainEqual(expect.objectContaining(orders_));
  });

  test("is taken back by a rollback, and by reading again", async () => {
    const number = (await project.releases()).find(({ why }) => why === "test orders")?.release ?? 0;
    expect((await project.sluice(["rollback", "--to", String(number - 1)])).code).toBe(0);
    expect((await list("raw.orders"))[0]?.counts["dropped"]).toBeUndefined();
    expect((await project.sluice(["rollback", "--to", String(number)])).code).toBe(0);
    expect((await list("raw.orders"))[0]?.counts["dropped"]).toBe(2);
    await project.write({ "sources/raw/orders.ts": orders.replace("minLength(1)", "minLength(2)") });
    expect(await project.run()).toMatchObject({ code: 0 });
    expect((await list("raw.orders"))[0]?.counts).toEqual({
      received: 10,
      accepted: 6,
      quarantined: 4,
      rejected: 0,
    });
  });

  test("cannot let a delivery through that was stopped as a whole; it is listed and shown", async () => {
    await project.write({
      "landing/orders/friday.csv": csv("x1,2026-03-06,tea,1.00", "x2,2026-03-06,tea,1.00"),
    });
    expect(await project.run()).toMatchObject({ code: 1, failed: ["raw.orders"] });
    expect((await list("raw.orders")).map(({ standing }) => standing)).toEqual(["published", "refused"]);
    const { records } = await ask<{ records: readonly { file: string }[] }>(
      "show",
      "raw.orders",
      "--candidate",
      "--reason",
      "id",
    );
    expect(records.map(({ file }) => file)).toContain("landing/orders/friday.csv");
    expect((await project.sluice(["doctor"])).code).toBe(0);
  });
});

test("of a generator what was dropped stays dropped while more comes, and is read again under another contract", async () => {
  const clicks = (least: number): string => `import { generator, source, t } from "sluice";
export default source({
  from: generator(async function* ({ cursor }) {
    const next = ((cursor as number | undefined) ?? 0) + 1;
    yield { records: [{ id: next }, { id: -next }], cursor: next };
  }),
  columns: { id: t.integer().min(${least}).key() },
  quarantine: { warn: 0, stop: 0.9 },
});
`;
  await using generated = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/clicks.ts": clicks(0),
  });
  const counts = async (): Promise<unknown> => {
    const { stdout } = await generated.sluice(["quarantine", "ls", "--json"]);
    return (JSON.parse(stdout) as { readonly quarantines: readonly Quarantine[] }).quarantines[0]?.counts;
  };
  expect(await generated.run()).toMatchObject({ code: 0, release: 1 });
  expect((await generated.sluice(["quarantine", "drop", "raw.clicks", "--why", "robots"])).code).toBe(0);
  expect(await counts()).toEqual({ received: 2, accepted: 1, quarantined: 1, rejected: 0, dropped: 1 });
  expect(await generated.run()).toMatchObject({ code: 0 });
  expect(await counts()).toEqual({ received: 4, accepted: 2, quarantined: 2, rejected: 0, dropped: 1 });
  await generated.write({ "sources/raw/clicks.ts": clicks(-1) });
  const { stdout } = await generated.sluice(["quarantine", "replay", "raw.clicks"]);
  // The one that was dropped fits as well; of what had been refused and not dropped nothing is a row yet, and one more came.
  expect(stdout).toContain("Of 1 record of raw.clicks that had been refused:");
  expect(await generated.query("select id from raw.clicks order by id")).toEqual([
    { id: -1 },
    { id: 1 },
    { id: 2 },
    { id: 3 },
  ]);
});
