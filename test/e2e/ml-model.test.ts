/** An ML model as a consumer: how right it was, how far data has moved from its training, and who misled it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk, type Ran } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

const consumer = (more: string): string =>
  `import { consumer } from "sluice";
export default consumer({ type: "ml-model", reads: ["raw.churn"], ${more} });
`;

const churn = `import { files, source, t } from "sluice";
export default source({
  from: files("landing/*.csv"),
  columns: {
    id: t.integer().key(),
    tenure: t.number(),
    guess: t.text(),
    chance: t.number(),
    left: t.text().nullable(),
  },
});
`;

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/churn.ts": churn,
    "consumers/churn-model.ts": consumer(
      'accuracy: { dataset: "raw.churn", task: "classification", prediction: "guess", actual: "left", positive: "yes", score: "chance" }',
    ),
    "landing/churn.csv": rows(0, 0.9),
  });
});
afterAll(() => project[Symbol.asyncDispose]());

/** A hundred predictions of which so many are right; the last two are not known yet. */
function rows(tenure: number, right: number): string {
  const lines = Array.from({ length: 100 }, (_, id) => {
    const left = id % 2 === 0 ? "yes" : "no";
    const isRight = id % 10 < right * 10;
    const guess = isRight ? left : left === "yes" ? "no" : "yes";
    const chance = guess === "yes" ? 0.8 : 0.3;
    return `${id},${tenure + (id % 10)},${guess},${chance},${id < 98 ? left : ""}`;
  });
  return `id,tenure,guess,chance,left\n${lines.join("\n")}\n`;
}

const findings = ({ events }: Ran) =>
  (events.findLast((event) => event.type === "finished" && event.dataset === "raw.churn")?.["findings"] ??
    []) as readonly { readonly name: string; readonly message: string }[];

test("how right a model was is measured of what is known", async () => {
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
  const { stdout } = await project.sluice(["monitors", "show", "raw.churn", "--json"]);
  const { monitors } = JSON.parse(stdout) as { monitors: { name: string; value: number }[] };
  const value = (name: string): number =>
    monitors.find((one) => one.name === `${name} of churn-model`)?.value ?? Number.NaN;
  // 98 known: ids 0 to 97. Those ending in 9 are wrong, all of them "no" taken for "yes": 9 of 98.
  expect(value("accuracy")).toBeCloseTo(89 / 98, 8);
  expect(value("precision")).toBeCloseTo(49 / 58, 8);
  expect(value("recall")).toBe(1);
  expect(value("f1")).toBeCloseTo((2 * 49) / (58 + 49), 8);
  expect(value("log_loss")).toBeCloseTo(
    -(49 * Math.log(0.8) + 9 * Math.log(0.2) + 40 * Math.log(0.7)) / 98,
    6,
  );
  // Of all pairs of a "yes" and a "no", the nine wrong ones tie.
  expect(value("auc")).toBeCloseTo((40 + 9 / 2) / 49, 8);
});

test("data that has moved from what a model was trained on is told, and whom bad data misled", async () => {
  await project.write({
    "consumers/churn-model.ts": consumer('trainedOn: { "raw.churn": "dev@1" }'),
    "landing/churn.csv": rows(0.1, 0.9),
  });
  const near = await project.run();
  expect(near).toMatchObject({ code: 0, release: 2 });
  expect(findings(near)).toEqual([]);
  await project.write({ "landing/churn.csv": rows(7, 0.9) });
  const [far] = findings(await project.run());
  expect(far).toMatchObject({ name: "monitor drift of tenure for churn-model", severity: "warn" });
  expect(far?.message).toMatch(/^stability index .* Kolmogorov-Smirnov .* Wasserstein .* dev@1$/);
  const said = await project.sluice(["monitors", "real", "raw.churn", "--release", "1", "--why", "a test"]);
  expect(said.stdout).toContain("churn-model was trained on it (dev@1)");
  const other = await project.sluice(["monitors", "real", "raw.churn", "--release", "2"]);
  expect(other.stdout).not.toContain("churn-model");
});

test("a version that is found bad later names the models that were trained on it, or on what was made of it", async () => {
  await project.write({
    "models/ml/features.sql": "select id, tenure from raw.churn",
    "consumers/churn-model.ts": consumer(`trainedOn: { "raw.churn": "dev@2" }`),
  });
  expect(await project.run()).toMatchObject({ code: 0, release: 4 });
  await project.write({
    "consumers/uplift-model.ts": consumer(`trainedOn: { "ml.features": "dev@4" }`),
    "consumers/mistyped.ts": consumer(`trainedOn: { "ml.features": "not-a-version" }`),
    "sources/raw/churn.ts": churn
      .replace("import {", "import { check,")
      .replace("  columns:", '  checks: [check.max("tenure", { max: 10 })],\n  columns:'),
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1, failed: ["raw.churn"] });
  const incident = ran.events.find(({ type, change }) => type === "incident" && change === "opened");
  expect(incident?.["message"]).toContain("; trained on it: uplift-model (dev@4)");
  const id = String(incident?.["id"]);
  const shown = await project.sluice(["incidents", "show", id, "--json"]);
  const { findings: found } = (
    JSON.parse(shown.stdout) as { incident: { findings: readonly { readonly misled?: unknown }[] } }
  ).incident;
  expect(found.map(({ misled }) => misled)).toMatchObject([
    [{ consumer: "uplift-model", dataset: "ml.features", trainedOn: "dev@4" }],
  ]);
  const { stdout } = await project.sluice(["incidents", "show", id]);
  expect(stdout).toMatch(/^misled +uplift-model, trained on ml.features of dev@4$/m);
  await project.write({ "sources/raw/churn.ts": churn });
});

test("what a model says of datasets and columns is checked like a query", async () => {
  const wrong = 'task: "classification", dataset: "raw.churn", prediction: "gues", actual: "left"';
  await project.write({
    "consumers/churn-model.ts": consumer(`trainedOn: { "raw.chrun": "dev@1" }, accuracy: { ${wrong} }`),
    "consumers/board.ts": consumer('accuracy: { task: "regresion" }').replace("ml-model", "dashboard"),
  });
  const { stderr } = await project.sluice(["check"]);
  expect(stderr).toContain('column "gues" does not exist in raw.churn');
  expect(stderr).toContain('dataset "raw.chrun" does not exist');
  expect(stderr).toContain('did you mean "regression"?');
});
