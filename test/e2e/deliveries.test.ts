/** Files come, go, change their names and repeat each other; names of files and columns are whatever they are. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

const source = (pattern: string, columns = "id: t.integer().key(), word: t.text()", options = "{}"): string =>
  `import { files, source, t } from "sluice";
export default source({ from: files(${JSON.stringify(pattern)}, ${options}), columns: { ${columns} }, quarantine: { warn: 1, stop: 1 } });
`;

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({ "sluice.config.ts": config() });
});
afterAll(() => project[Symbol.asyncDispose]());

const words = async (dataset: string): Promise<readonly unknown[]> =>
  (await project.query(`select word from ${dataset} order by id`)).map(({ word }) => word);

describe("a key that is in two files", () => {
  const counts = { received: 4, accepted: 3, quarantined: 1, rejected: 0 };

  test("belongs to the first; the second is refused", async () => {
    await project.write({
      "sources/raw/keyed.ts": source("landing/keyed/*.csv"),
      "landing/keyed/1.csv": "id,word\n1,first\n2,two\n",
      "landing/keyed/2.csv": "id,word\n1,second\n3,three\n",
    });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, failed: [] });
    expect(ran.rows["raw.keyed"]).toEqual(counts);
    expect(await words("raw.keyed")).toEqual(["first", "two", "three"]);
  });

  test("passes to the second when the first goes away", async () => {
    await project.write({ "landing/keyed/1.csv": null });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, failed: [] });
    expect(ran.rows["raw.keyed"]).toEqual({ received: 2, accepted: 2, quarantined: 0, rejected: 0 });
    expect(await words("raw.keyed")).toEqual(["second", "three"]);
  });

  test("stays with the one that was there when a file comes later", async () => {
    await project.write({ "landing/keyed/0.csv": "id,word\n1,late\n4,four\n" });
    const ran = await project.run();
    expect(ran.rows["raw.keyed"]).toEqual({ ...counts, received: 4 });
    expect(await words("raw.keyed")).toEqual(["second", "three", "four"]);
  });
});

describe("a file", () => {
  test("that only changes its name changes nothing of the rows", async () => {
    await project.write({
      "sources/raw/named.ts": source("landing/named/*.csv"),
      "landing/named/a.csv": "id,word\n1,one\n",
    });
    await project.run();
    await project.write({ "landing/named/b.csv": "id,word\n1,one\n", "landing/named/a.csv": null });
    expect(await project.run()).toMatchObject({ code: 0, failed: [] });
    expect(await words("raw.named")).toEqual(["one"]);
  });

  test("that goes away leaves its rows where the source keeps them", async () => {
    await project.write({
      "sources/raw/kept.ts": source("landing/kept/*.csv", undefined, '{ onRemoved: "keep" }'),
      "landing/kept/a.csv": "id,word\n1,one\n",
      "landing/kept/b.csv": "id,word\n2,two\n",
    });
    await project.run();
    await project.write({ "landing/kept/a.csv": null, "landing/kept/c.csv": "id,word\n3,three\n" });
    const ran = await project.run();
    expect(ran.rows["raw.kept"]).toEqual({ received: 3, accepted: 3, quarantined: 0, rejected: 0 });
    expect(await words("raw.kept")).toEqual(["one", "two", "three"]);
    expect(await project.run()).toMatchObject({ release: null, built: [] });
  });

  test("that is gone and kept is not lost by a change of the contract, nor by a file that is corrected", async () => {
    const narrower = "id: t.integer().key(), word: t.text().maxLength(3)";
    await project.write({
      "sources/raw/kept.ts": source("landing/kept/*.csv", narrower, '{ onRemoved: "keep" }'),
    });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 1, release: null, failed: ["raw.kept"] });
    expect(JSON.stringify(ran.events)).toContain(
      String.raw`\"landing/kept/a.csv\" is gone from the landing: the rows that are kept of it cannot be read again`,
    );
    expect(await words("raw.kept")).toEqual(["one", "two", "three"]);
    // Under the old contract: a record that is refused, and another file that is corrected.
    await project.write({
      "sources/raw/kept.ts": source("landing/kept/*.csv", undefined, '{ onRemoved: "keep" }'),
      "landing/kept/c.csv": "id,word\n3,three\n2,second\n",
    });
    expect((await project.run()).rows["raw.kept"]).toMatchObject({ accepted: 3, quarantined: 1 });
    await project.write({ "landing/kept/b.csv": "id,word\n4,four\n" });
    expect(await project.run()).toMatchObject({ code: 0, failed: [] });
    expect(await words("raw.kept")).toContain("one");
    await project.write({
      "landing/kept/b.csv": "id,word\n2,two\n",
      "landing/kept/c.csv": "id,word\n3,three\n",
    });
    await project.run();
  });

  test("is read again when the contract changes, where no rows are kept or those may go", async () => {
    await project.write({
      "sources/raw/kept.ts": source(
        "landing/kept/*.csv",
        "id: t.integer().key(), word: t.text().maxLength(3)",
      ),
    });
    const ran = await project.run();
    expect(ran.rows["raw.kept"]).toEqual({ received: 2, accepted: 1, quarantined: 1, rejected: 0 });
    expect(await words("raw.kept")).toEqual(["two"]);
  });

  test("may have any name that the system allows", async () => {
    const names = [
      "it's.csv",
      'say "hi".csv',
      "a b.csv",
      "[1].csv",
      "100%.csv",
      "žluť.csv",
      "semi;colon.csv",
      "--.csv",
      "$x{1}.csv",
      "new\nline.csv",
      "star*.csv",
    ];
    await project.write({
      "sources/raw/odd.ts": source("landing/odd/**"),
      ...Object.fromEntries(
        names.map((name, id) => [`landing/odd/${name}`, `id,word\n${id},fine\n${id},again\n`]),
      ),
    });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, failed: [] });
    expect(ran.rows["raw.odd"]).toEqual({
      received: names.length * 2,
      accepted: names.length,
      quarantined: names.length,
      rejected: 0,
    });
    const refused = await project.query("select file from raw.odd__quarantine order by file");
    expect(refused.map(({ file }) => file)).toEqual(names.map((name) => `landing/odd/${name}`).toSorted());
  });
});

describe("a column", () => {
  test("may have any name, through the contract, a model and its checks", async () => {
    const columns = `"group": t.integer().key(), "we\\"ird": t.text().minLength(1), "it's": t.text().oneOf("o'clock"), "ünï": t.text(), "a b": t.number().max(2)`;
    await project.write({
      "sources/raw/quoted.ts": source("landing/quoted.csv", columns),
      "landing/quoted.csv": `group,"we""ird",it's,ünï,a b\n1,x,o'clock,y,1.5\n2,,o'clock,y,1\n3,x,noon,y,1\n4,x,o'clock,y,3\n`,
      "models/odd/quoted.sql": `/*---
columns:
  'we"ird': { nullable: false, key: true }
  "it's": { one_of: ["o'clock"] }
---*/
select "we""ird", "it's", "group" as "order" from raw.quoted`,
    });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, failed: [] });
    expect(ran.rows["raw.quoted"]).toEqual({ received: 4, accepted: 1, quarantined: 3, rejected: 0 });
    expect(await project.query("from odd.quoted")).toEqual([{ 'we"ird': "x", "it's": "o'clock", order: 1 }]);
  });
});
