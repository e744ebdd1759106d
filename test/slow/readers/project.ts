import type { ProjectFiles } from "../../e2e/project-on-disk.ts";

/** Landing rows, all of one batch. */
export const ticks = (batch: number): string =>
  `batch,value\n${Array.from({ length: 20 + (batch % 7) }, (_, value) => `${batch},${value}\n`).join("")}`;

/** A source and two branches of models that must agree on the batch. */
export const project = (state: string): ProjectFiles => ({
  "sluice.config.ts": `import { project } from "sluice";
export default project({ name: "readers", state: "${state}", engine: { workers: 1, memory: "400MB" } });
`,
  "sources/raw/ticks.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/ticks.csv"), columns: { batch: t.integer(), value: t.integer() } });
`,
  "models/a/newest.sql": "select max(batch) as batch, count(*) as readings from raw.ticks",
  "models/b/newest.sql": "select batch, count(*) as readings from raw.ticks group by batch",
  "landing/ticks.csv": ticks(1),
});

/** One row: what each branch says of the batch, and of how many rows it has. */
export const agreement = `select a.batch::integer as a, b.batch::integer as b, a.readings::integer as of_a, b.readings::integer as of_b,
  (select count(*) from raw.ticks)::integer as of_source from a.newest a, b.newest b`;
