/** Values that mean null are counted by column and delivery, told, and watched. */
import { expect, test } from "vitest";
import { projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

const source = `import { files, source, t } from "sluice";
export default source({
  from: files("landing/*.csv"),
  missing: ["N/A"],
  columns: { id: t.integer().key(), score: t.number().nullable().missing(-999), "odd name": t.text().nullable() },
  quarantine: { warn: 1, stop: 1 },
  monitors: { columns: { score: { blanks: "stop" } } },
});
`;

const csv = (from: number, scores: readonly string[], names: readonly string[] = []): string =>
  `id,score,odd name\n${scores.map((score, at) => `${from + at},${score},${names[at] ?? "x"}\n`).join("")}`;

test("of each delivery and of all that stands; a file that changes is counted anew", async () => {
  await using project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/scores.ts": source,
    "landing/a.csv": csv(1, ["-999", "-999.0", "3", "bad"], ["N/A", "x", " N/A", "N/A"]),
    "landing/b.csv": csv(11, ["-999", "1"]),
  });
  const first = await project.run();
  expect(first.rows["raw.scores"]).toEqual({
    received: 6,
    accepted: 5,
    quarantined: 1,
    rejected: 0,
    blanks: { score: 3, "odd name": 3 },
  });
  await project.write({ "landing/a.csv": csv(1, ["-999", "4"]), "landing/c.csv": csv(21, ["-999"]) });
  const next = await project.run();
  expect(next.rows["raw.scores"]?.blanks).toEqual({ score: 3 });
  const shown = await project.sluice(["show", "raw.scores"]);
  expect(shown.stdout).toMatch(/blanks +read as null: score 3/);
  const json = JSON.parse((await project.sluice(["show", "raw.scores", "--json"])).stdout) as {
    published: { version: { counts: object } } | { counts: object };
  };
  expect(JSON.stringify(json)).toContain('"blanks":{"score":3}');
  await project.write({ "landing/d.csv": csv(31, ["-999", "7"]) });
  const told = (await project.sluice(["run"])).stdout;
  expect(told).toContain("coded blanks: score 1");
  expect(told).toContain("coded blanks of raw.scores, read as null: score 4");
});

test("a share that jumps stops the dataset where the monitor says so", { timeout: 240_000 }, async () => {
  const many = (day: number, blanks: number): string =>
    csv(
      day * 1000,
      Array.from({ length: 400 }, (_, at) => (at < blanks ? "-999" : String(at % 7))),
    );
  await using project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/scores.ts": source,
  });
  for (let day = 1; day <= 22; day++) {
    await project.write({ "landing/day.csv": many(day, 4 + (day % 3)) });
    expect(await project.run()).toMatchObject({ code: 0, held: [] });
  }
  await project.write({ "landing/day.csv": many(23, 200) });
  const ran = await project.run();
  expect(ran.held).toEqual(["raw.scores"]);
  expect(JSON.stringify(ran.events)).toContain("blanks of score");
});
