/**
 * What lies before the story's project: landing files, pages of an API, definitions. The moves change it the
 * way days do; nothing here knows what Sluice makes of it.
 */
import type { ProjectFiles } from "../../e2e/project-on-disk.ts";
import type { Roll } from "../chance.ts";
import { pick } from "../chance.ts";
import { datasets, dateOf, definitionOf } from "./datasets.ts";

/** One record of a landing file. */
export interface Tick {
  readonly id: number;
  readonly batch: number;
  /** `empty` breaks the contract, `extra` is no record at all. */
  readonly dirt: "none" | "empty" | "extra";
}

/** One record of a page. */
export interface Entry {
  readonly id: number;
  readonly batch: number;
  /** `null` breaks the contract. */
  readonly value: string | null;
}

export interface World {
  readonly day: number;
  /** Files that ever arrived: no two have an id in common. */
  readonly arrived: number;
  /** Landing files by name. */
  readonly ticks: Readonly<Record<string, readonly Tick[]>>;
  readonly pages: readonly (readonly Entry[])[];
  /** How each dataset of the project is written now; those left out are not in it. */
  readonly variants: Readonly<Record<string, number>>;
}

/** A batch that a check of `raw.ticks` stops at. */
export const poisonedBatch = 1000;

const ticksOf = (roll: Roll, file: number, day: number): Tick[] =>
  Array.from({ length: 1 + roll(25) }, (_, row) => ({
    id: file * 1000 + row,
    batch: day,
    dirt: row % 7 === 3 ? "empty" : row % 11 === 5 ? "extra" : "none",
  }));

const pageOf = (roll: Roll, day: number, page: number): Entry[] =>
  Array.from({ length: 1 + roll(20) }, (_, row) => ({
    id: page * 1000 + row,
    batch: day,
    value: row % 6 === 4 ? null : `page ${page}`,
  }));

/** Two days with which every story begins: `dev` is at release 2 then, and `prod` stands where `dev` does. */
export interface Beginning {
  readonly first: World;
  readonly second: World;
}

export function beginning(roll: Roll): Beginning {
  const first = firstWorld(roll);
  const second = { ...first, day: 2, pages: [...first.pages, pageOf(roll, 2, 2)] };
  return { first, second: arrival(second, ticksOf(roll, 3, 2)) };
}

/** Something of everything. */
function firstWorld(roll: Roll): World {
  return {
    day: 1,
    arrived: 2,
    ticks: { "1": ticksOf(roll, 1, 1), "2": ticksOf(roll, 2, 1) },
    pages: [pageOf(roll, 1, 1)],
    variants: Object.fromEntries(datasets.flatMap(({ name, optional }) => (optional ? [] : [[name, 0]]))),
  };
}

/** One thing that people or their sources do. */
export interface Move {
  readonly name: string;
  readonly weight: number;
  /** The world afterwards; the same one where the move does not fit. */
  change(world: World, roll: Roll): World;
}

const nameOf = (world: World, roll: Roll): string | undefined => {
  const names = Object.keys(world.ticks);
  return names[roll(names.length)];
};

function arrival(world: World, ticks: readonly Tick[]): World {
  const arrived = world.arrived + 1;
  return { ...world, arrived, ticks: { ...world.ticks, [String(arrived)]: ticks } };
}

function without<T>(all: Readonly<Record<string, T>>, name: string): Record<string, T> {
  const { [name]: _, ...others } = all;
  return others;
}

/** Add yours here: what the story's people can do between two commands. */
export const moves: readonly Move[] = [
  {
    name: "a file arrives",
    weight: 6,
    change: (world, roll) => arrival(world, ticksOf(roll, world.arrived + 1, world.day)),
  },
  {
    name: "a page appears",
    weight: 5,
    change: (world, roll) => ({
      ...world,
      pages: [...world.pages, pageOf(roll, world.day, world.pages.length + 1)],
    }),
  },
  {
    name: "a file is corrected",
    weight: 3,
    change(world, roll) {
      const name = nameOf(world, roll);
      if (name === undefined) return world;
      const corrected = (world.ticks[name] ?? []).map((tick) => ({ ...tick, batch: world.day }));
      return { ...world, ticks: { ...world.ticks, [name]: corrected } };
    },
  },
  {
    name: "a file is taken away",
    weight: 2,
    change(world, roll) {
      const name = nameOf(world, roll);
      return name === undefined ? world : { ...world, ticks: without(world.ticks, name) };
    },
  },
  {
    name: "a file is renamed",
    weight: 2,
    change(world, roll) {
      const name = nameOf(world, roll);
      if (name === undefined) return world;
      const ticks = { ...without(world.ticks, name), [`${name}-${world.day}`]: world.ticks[name] ?? [] };
      return { ...world, ticks };
    },
  },
  {
    name: "a file arrives that a check stops at",
    weight: 2,
    change: (world) =>
      arrival(world, [{ id: (world.arrived + 1) * 1000, batch: poisonedBatch + world.day, dirt: "none" }]),
  },
  {
    name: "what a check stops at is taken away",
    weight: 4,
    change(world) {
      const clean = Object.entries(world.ticks).filter(
        ([, ticks]) => !ticks.some(({ batch }) => batch >= poisonedBatch),
      );
      return clean.length === Object.keys(world.ticks).length
        ? world
        : { ...world, ticks: Object.fromEntries(clean) };
    },
  },
  {
    name: "a dataset is written in another way",
    weight: 5,
    change(world, roll) {
      const written = datasets.filter(({ name }) => world.variants[name] !== undefined);
      const dataset = written[roll(written.length)];
      if (dataset === undefined) return world;
      const variant = roll(dataset.variants.length);
      return { ...world, variants: { ...world.variants, [dataset.name]: variant } };
    },
  },
  {
    name: "a dataset is added or dropped",
    weight: 4,
    change(world, roll) {
      const optional = datasets.filter((dataset) => dataset.optional);
      const dataset = optional[roll(optional.length)];
      const name = dataset?.name ?? "";
      const there = world.variants[name] !== undefined;
      return {
        ...world,
        variants: there
          ? without(world.variants, name)
          : { ...world.variants, [name]: roll(dataset?.variants.length ?? 1) },
      };
    },
  },
];

/** A day passes: one to three moves. Returns their names as well. */
export function nextDay(world: World, roll: Roll): { readonly world: World; readonly did: string[] } {
  let next: World = { ...world, day: world.day + 1 };
  const did: string[] = [];
  for (let left = 1 + roll(3); left > 0; left -= 1) {
    const move = pick(roll, moves);
    const before = next;
    next = move.change(next, roll);
    if (next !== before) did.push(move.name);
  }
  return { world: next, did };
}

const csvOf = (ticks: readonly Tick[]): string =>
  `id,batch,value,happened\n${ticks
    .map(({ id, batch, dirt }) =>
      dirt === "extra"
        ? `${id},${batch},v,${dateOf(batch)},more\n`
        : `${id},${batch},${dirt === "empty" ? "" : `value ${id}`},${dateOf(batch)}\n`,
    )
    .join("")}`;

/** The world as files. */
export function filesOf(world: World): ProjectFiles {
  const definitions = datasets.flatMap((dataset): [string, string][] => {
    const definition = definitionOf(dataset, world.variants[dataset.name]);
    return definition === undefined ? [] : [[dataset.path, definition]];
  });
  return Object.fromEntries<string>([
    ...definitions,
    ...Object.entries(world.ticks).map(([name, ticks]) => [`landing/ticks/${name}.csv`, csvOf(ticks)]),
    ...world.pages.map((page, index) => [`pages/${index + 1}.json`, JSON.stringify(page)]),
  ] as [string, string][]);
}

/** What has to be written and removed to get from one world to another. */
export function filesBetween(before: World, after: World): ProjectFiles {
  const [old, now] = [filesOf(before), filesOf(after)];
  return Object.fromEntries([
    ...Object.keys(old).flatMap((path) => (path in now ? [] : [[path, null]])),
    ...Object.entries(now).flatMap(([path, content]) => (old[path] === content ? [] : [[path, content]])),
  ]);
}
