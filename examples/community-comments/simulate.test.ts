import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { simulate } from "./simulate.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "comments-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const filesIn = (out: string): string[] =>
  readdirSync(out, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(out, name)).isFile())
    .toSorted();

/** One hash over the names and bytes of all files. */
function digest(out: string): string {
  const hash = createHash("sha256");
  for (const name of filesIn(out)) hash.update(name).update(readFileSync(join(out, name)));
  return hash.digest("hex");
}

describe("simulate", () => {
  test("writes the same bytes for the same seed, and others for another", async () => {
    const [one, again, other] = ["one", "again", "other"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await Promise.all([
      simulate({ comments: 1_000, seed: 7, out: one }),
      simulate({ comments: 1_000, seed: 7, out: again }),
      simulate({ comments: 1_000, seed: 8, out: other }),
    ]);
    expect(digest(again)).toBe(digest(one));
    expect(digest(other)).not.toBe(digest(one));
  });

  test("writes as many comments as asked, and refuses fewer than 5 % of any source at any size", async () => {
    for (const comments of [1_000, 3_333, 20_000]) {
      const summary = await simulate({ comments, out: join(folder, String(comments)) });
      expect(summary.comments).toBe(comments);
      for (const { records, refused } of Object.values(summary.sources))
        expect(refused / records).toBeLessThan(0.03);
    }
  });

  test("ends in JSON documents that can be read", async () => {
    await simulate({ comments: 2_000, out: folder });
    await simulate({ deliver: "late", out: folder });
    for (const name of filesIn(folder).filter((path) => path.endsWith(".json"))) {
      expect(() => JSON.parse(readFileSync(join(folder, name), "utf8")), name).not.toThrow();
    }
  });

  test("poisons most of one day of Slack, and repairs the same file", async () => {
    await simulate({ comments: 1_000, out: folder });
    const before = filesIn(folder);
    const poisoned = await simulate({ deliver: "poisoned", out: folder });
    const added = filesIn(folder).filter((name) => !before.includes(name));
    const repaired = await simulate({ deliver: "repaired", out: folder });
    expect(poisoned.refused / poisoned.records).toBeGreaterThan(0.6);
    expect(repaired).toMatchObject({ refused: 0, records: poisoned.records });
    expect(added).toEqual(["slack/general/2026-06-29.json"]);
    expect(filesIn(folder)).toEqual([...before, ...added].toSorted());
  });

  test("delivers edits of records that are there, and new comments on days long past", async () => {
    await simulate({ comments: 5_000, out: folder });
    const late = await simulate({ deliver: "late", out: folder });
    expect(late.refused).toBe(0);
    expect(late.comments).toBe(late.kept);
    expect(late.sources.slack?.dirt["edited later"]).toBeGreaterThan(0);
    expect(late.sources.reddit?.dirt["edited later"]).toBeGreaterThan(0);
    expect(late.sources.linkedin_archive).toBeUndefined();
  });

  test("says what is wrong with its options", async () => {
    await expect(simulate({ comments: 999, out: folder })).rejects.toThrow("comments is 999");
    await expect(simulate({ seed: 0.5, out: folder })).rejects.toThrow("seed is 0.5");
    await expect(simulate({ deliver: "late", out: folder })).rejects.toThrow("holds no simulation");
    await simulate({ comments: 1_000, out: folder });
    await expect(simulate({ comments: 1_000, out: folder })).rejects.toThrow("is not empty");
    await expect(simulate({ deliver: "late", seed: 2, out: folder })).rejects.toThrow("was written with 1");
    await expect(simulate({ comments: 1_000, out: folder, replace: true })).resolves.toMatchObject({
      comments: 1_000,
    });
  });
});
