/** The gate: every record of a delivery is accounted for, whatever is wrong with it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Counts, type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

const columns = `columns: {
    id: t.integer().key(),
    mail: t.text().pattern(/[^@]+@[^@]+/).nullable(),
    kind: t.text().oneOf("web", "app"),
    score: t.number().min(0).max(1).nullable(),
    name: t.text().minLength(2).maxLength(5),
    born: t.date().format("%d.%m.%Y").nullable(),
    paid: t.decimal(6, 2),
    active: t.boolean(),
  },`;
const source = (pattern: string, more = ""): string => `import { files, source, t } from "sluice";
export default source({ from: files("${pattern}"), ${columns} quarantine: { warn: 1, stop: 1 }, ${more} });
`;

/** Each line with what the contract says of it: nothing, a column it refuses, or that it is no record. */
const dirt: readonly (readonly [string, string?])[] = [
  ["1,a@b.c,web,0.5,Anna,01.02.1990,12.50,true"],
  ["2,,app,,Bo,,0,false"],
  ["3,nobody,web,0.5,Anna,,1,true", "mail"],
  ["4,,fax,0.5,Anna,,1,true", "kind"],
  ["5,,web,1.5,Anna,,1,true", "score"],
  ["6,,web,high,Anna,,1,true", "score"],
  ["7,,web,0.5,A,,1,true", "name"],
  ["8,,web,0.5,Annabel,,1,true", "name"],
  ["9,,web,0.5,,,1,true", "name"],
  ["10,,web,0.5,Anna,31.02.1990,1,true", "born"],
  ["11,,web,0.5,Anna,1990-02-01,1,true", "born"],
  ["12,,web,0.5,Anna,,much,true", "paid"],
  ["13,,web,0.5,Anna,,1234567.00,true", "paid"],
  ["14,,web,0.5,Anna,,1,perhaps", "active"],
  ["1,,web,0.5,Anna,,1,true", "id"],
  [",,web,0.5,Anna,,1,true", "id"],
  ["1.5,,web,0.5,Anna,,1,true", "id"],
  ["15,,fax,7,Anna,,1,true", "kind"],
  ['16,"two\nlines@x",web,0.5,"Ži""ž",,1,true'],
  ["17,,web,0.5,Anna,,1", "record"],
  ["18,,web,0.5,Anna,,1,true,extra", "record"],
  ["19,,web,0.5,Zoë,28.02.2000,9999.99,true"],
];
const header = "id,mail,kind,score,name,born,paid,active";
const delivery = `${header}\n${dirt.map(([line]) => `${line}\n`).join("")}`;
const good = dirt.filter(([, refused]) => refused === undefined);

const whole = ({ received, accepted, quarantined, rejected }: Counts): boolean =>
  received === accepted + quarantined + rejected;

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/members.ts": source("landing/members/*.csv"),
    "landing/members/dirty.csv": delivery,
  });
});
afterAll(() => project[Symbol.asyncDispose]());

interface Refused {
  readonly file: string;
  readonly position: number;
  readonly outcome: string;
  readonly reasons: readonly string[] | string;
  readonly raw: string;
}

const quarantine = async (dataset: string): Promise<readonly Refused[]> =>
  (await project.query(
    `select file, position::integer as position, outcome, reasons, raw from ${dataset}__quarantine order by file, position`,
  )) as unknown as readonly Refused[];

describe("a CSV delivery with every kind of dirt", () => {
  let counts: Counts;

  test("is accounted for to the last record", async () => {
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, release: 1 });
    counts = ran.rows["raw.members"]!;
    expect(counts).toMatchObject({ received: dirt.length, accepted: good.length });
    expect(whole(counts)).toBe(true);
    const [found] = await project.query("select count(*)::integer as rows from raw.members");
    expect(found).toEqual({ rows: good.length });
  });

  test("keeps every refused record with its file, position, reasons and raw text", async () => {
    const refused = await quarantine("raw.members");
    expect(refused).toHaveLength(counts.quarantined + counts.rejected);
    expect(refused.filter(({ outcome }) => outcome === "rejected")).toHaveLength(counts.rejected);
    const byRaw = new Map(refused.map((row) => [row.raw.trimEnd(), row]));
    for (const [line, column] of dirt) {
      const row = byRaw.get(line);
      if (column === undefined) expect(row, line).toBeUndefined();
      else {
        expect(row, line).toMatchObject({ file: "landing/members/dirty.csv" });
        // A record of the wrong shape is told as such; every other reason names its column.
        if (column !== "record") expect(String(row?.reasons), line).toContain(column);
        else expect(String(row?.reasons), line).not.toBe("");
      }
    }
    expect(byRaw.get("15,,fax,7,Anna,,1,true")?.reasons).toHaveLength(2);
  });

  test("knows each position as the line in the file", async () => {
    const physical = delivery.split("\n");
    for (const { position, raw } of await quarantine("raw.members")) {
      expect(physical[position - 1]).toBe(raw.split("\n")[0]);
    }
  });

  test("is told on the terminal as well", async () => {
    const { stdout } = await project.sluice(["show", "raw.members"]);
    expect(stdout).toContain(String(counts.quarantined));
    expect(stdout).toContain("kind");
  });
});

describe("an NDJSON delivery with every kind of dirt", () => {
  const record = (id: unknown, more: object = {}): string =>
    JSON.stringify({
      id,
      mail: null,
      kind: "web",
      score: 0.5,
      name: "Anna",
      born: null,
      paid: "1.00",
      active: true,
      ...more,
    });
  const records: readonly (readonly [string, boolean])[] = [
    [record(1), true],
    [record(2, { unknown: "column" }), true],
    [record("3"), true],
    [record("three"), false],
    [record(4, { kind: undefined }), false],
    [record(5, { kind: null }), false],
    [record(6, { active: "maybe" }), false],
    ['{"id": 7, "kind": "web"', false],
    ["not json at all", false],
    ["[1, 2, 3]", false],
    ["null", false],
    [record(8, { name: "🐎🐎" }), true],
    [record(1), false],
    [record(9, { name: "\ud800" }).replaceAll("\\ud800", "A\\u0000B"), false],
    [record(10), true],
  ];

  test("is accounted for to the last record", async () => {
    await project.write({
      "sources/raw/events.ts": source("landing/events/*.ndjson"),
      // Empty lines are no records.
      "landing/events/dirty.ndjson": `${records.map(([line]) => line).join("\n")}\n\n`,
    });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, built: ["raw.events"] });
    const counts = ran.rows["raw.events"]!;
    expect(whole(counts)).toBe(true);
    expect(counts.received).toBe(records.length);
    const refused = await quarantine("raw.events");
    const expected = records.flatMap(([line, accepted], index) =>
      accepted ? [] : [{ position: index + 1, raw: line }],
    );
    expect(refused.map(({ position, raw }) => ({ position, raw }))).toEqual(expected);
    for (const { reasons } of refused) expect(String(reasons)).not.toBe("");
  });
});

describe("the limits of the quarantine", () => {
  test("warn above one share, stop above another, and count each delivery by itself", async () => {
    const limited = source("landing/limited/*.csv").replace("warn: 1, stop: 1", "warn: 0.1, stop: 0.5");
    const line = (id: number, kind = "web"): string => `${id},,${kind},0.5,Anna,,1,true\n`;
    await project.write({
      "sources/raw/limited.ts": limited,
      "landing/limited/1.csv": `${header}\n${[1, 2, 3, 4, 5, 6, 7, 8].map((id) => line(id)).join("")}${line(9, "fax")}`,
    });
    const first = await project.run();
    expect(first).toMatchObject({ code: 0, built: ["raw.limited"] });
    const finished = first.events.find(
      ({ type, dataset }) => type === "finished" && dataset === "raw.limited",
    );
    expect(finished?.["findings"]).toMatchObject([{ check: "quarantine", severity: "warn" }]);
    await project.write({
      "landing/limited/2.csv": `${header}\n${line(10)}${line(11, "fax")}${line(12, "fax")}`,
    });
    expect(await project.run()).toMatchObject({ code: 1, release: null, failed: ["raw.limited"] });
    const [found] = await project.query("select max(id)::integer as newest from raw.limited");
    expect(found).toEqual({ newest: 8 });
  });

  test("a refused delivery stays refused when a check of the source is edited", async () => {
    const edited = source("landing/limited/*.csv", "checks: [check.rowCount({ min: 2 })]")
      .replace("{ files", "{ check, files")
      .replace("warn: 1, stop: 1", "warn: 0.1, stop: 0.5");
    await project.write({ "sources/raw/limited.ts": edited });
    expect(await project.run()).toMatchObject({ code: 1, release: null, failed: ["raw.limited"] });
  });
});
