/**
 * The projects of workload (b): any number of small models in ten layers, each reading two of the layer
 * before, so that nearly everything depends on the first one. A hundred rows; the work is in the control plane.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomNumbers } from "../statistics.ts";
import type { ModelDefinition } from "./model-definition.ts";
import type { SourceDefinition } from "./sluice-project.ts";

const layers = 10;
const sourceCount = 3;
const rowsOfSource = 100;

export interface Chain {
  readonly models: readonly ModelDefinition[];
  readonly sources: readonly SourceDefinition[];
  /** Read by nothing. */
  readonly leaf: string;
  /** Read, over some corners, by nearly everything. */
  readonly root: string;
}

/** The definitions of a project of `count` models, a multiple of ten. */
export function chain(count: number): Chain {
  const width = count / layers;
  const random = randomNumbers(7);
  const models: ModelDefinition[] = [];
  for (let layer = 0; layer < layers; layer++) {
    for (let place = 0; place < width; place++) {
      const parent = (): string => modelName(layer - 1, Math.floor(random() * width));
      const first =
        layer === 0 ? `raw.events_${place % sourceCount}` : place === 0 ? modelName(layer - 1, 0) : parent();
      const second = layer === 0 ? first : parent();
      models.push(chainModel(modelName(layer, place), first, second, place));
    }
  }
  return {
    models,
    sources: Array.from({ length: sourceCount }, (_, source) => ({
      name: `raw.events_${source}`,
      files: `landing/events_${source}/*.csv`,
      columns: {
        id: "t.integer().key()",
        amount: "t.integer()",
        kind: "t.text()",
        happened_at: "t.timestamp()",
      },
    })),
    leaf: modelName(layers - 1, width - 1),
    root: modelName(0, 0),
  };
}

const modelName = (layer: number, place: number): string =>
  `layer_${String(layer).padStart(2, "0")}.model_${String(place).padStart(5, "0")}`;

function chainModel(name: string, first: string, second: string, place: number): ModelDefinition {
  return {
    name,
    columns: { id: { key: true }, amount: { min: -1_000_000_000 } },
    checks: [],
    sql: `with ours as (
  select id, amount, kind, happened_at from ${first} where id >= 0
),
theirs as (
  select id, max(amount) as amount from ${second} group by id
),
joined as (
  select o.id, (o.amount + t.amount + ${place % 7}) % 1000003 as amount, o.kind, o.happened_at
  from ours o join theirs t on t.id = o.id
)
select id, amount, kind, happened_at, row_number() over (partition by kind order by happened_at, id) as place
from joined`,
  };
}

/** A model changed so that its rows change: they carry the number of the edition. */
export function withEdition(model: ModelDefinition, edition: number): ModelDefinition {
  return { ...model, sql: model.sql.replace("as place\n", `as place, ${edition} as edition\n`) };
}

/** A model changed so that its rows stay as they are. */
export function withSameRows(model: ModelDefinition, edition: number): ModelDefinition {
  return { ...model, sql: model.sql.replace("where id >= 0", `where id >= -${edition}`) };
}

/** Write the landing files of the sources. */
export async function writeChainLanding(directory: string): Promise<void> {
  for (let source = 0; source < sourceCount; source++) {
    const folder = join(directory, "landing", `events_${source}`);
    await mkdir(folder, { recursive: true });
    const lines = Array.from({ length: rowsOfSource }, (_, id) => {
      const day = String(1 + (id % 28)).padStart(2, "0");
      return `${id},${(id * 37 + source * 11) % 1000},${["a", "b", "c"][id % 3]},2025-01-${day} 10:00:00`;
    });
    await writeFile(join(folder, "events.csv"), `id,amount,kind,happened_at\n${lines.join("\n")}\n`);
  }
}
