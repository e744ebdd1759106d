import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { NodeText } from "../compile/piece.ts";
import { compilerVersion } from "./compiler-version.ts";
import { EarlierLost } from "./earlier-load.ts";

/** A compiled project as the cache keeps it. */
export interface CachedProject {
  readonly graphHash: string;
  /** JSON of the graph's diagnostics, which are warnings. */
  readonly diagnostics: string;
  /** JSON of the environment variables that definitions read, with their values' hashes. */
  readonly environment: string;
  /** JSON of the graph's outline. */
  readonly outline: string;
  /** JSON of the sketches of its nodes. */
  readonly sketches: string;
  /** Of the generated types. */
  readonly shapesKey: string;
}

/** What the next compilation may believe. */
export interface CachedLatest {
  /** JSON of `Left` in earlier-project.ts. */
  readonly files: string;
  /** What became of the modules; see `v8.serialize`. */
  readonly evaluation: Uint8Array | null;
}

/**
 * Nothing is waited for until it is on the disk, the change of mode neither. Nodes are known by the hash of their text, so that no two writers can disagree about
 * one.
 */
const schema = `
  pragma synchronous = off;
  pragma journal_mode = wal;
  pragma secure_delete = fast;
  create table if not exists compiled (
    key text primary key, graph_hash text, diagnostics text, environment text, outline text,
    sketches text, shapes_key text
  ) strict;
  create table if not exists latest (version text primary key, files text, evaluation blob) strict;
  create table if not exists node (key text primary key, head text, lineage text) strict;
`;

const cachePath = (root: string): string => join(root, ".sluice", "cache", "compile.db");

/** Whether nothing of a project was ever kept here. */
export const neverCached = (root: string): boolean => !existsSync(cachePath(root));

/** A node's text, and which of the keys that were asked for it has. */
interface NodeRow {
  readonly place: number;
  readonly head: string;
  readonly lineage: string | null;
}

/** How many compiled projects are kept: enough to go back and forth between a few branches. */
const keptProjects = 8;

/** How many nodes are kept for each node of the project at hand, before those of others are dropped. */
const keptShare = 4;

/**
 * The cache below `.sluice/cache/`, shared by all processes of a project. It never fails: what cannot be
 * read or written is as if it were not there, and a damaged file is replaced.
 */
export class CacheDatabase {
  readonly #path: string;
  /** Another compiler may see a project in another way, so it has its own answers. */
  readonly #version: string;
  #database: DatabaseSync | undefined;
  #nodes: StatementSync | undefined;
  /** After a failure this process goes without: asking again for every answer would only take time. */
  #givenUp = false;

  constructor(root: string) {
    this.#version = compilerVersion();
    this.#path = cachePath(root);
  }

  /** Without its sketches, which few ask for: those of a large project are a megabyte. */
  project(key: string): Omit<CachedProject, "sketches"> | undefined {
    const row = this.#safely((database) =>
      database
        .prepare(
          "select graph_hash as graphHash, diagnostics, environment, outline, shapes_key as shapesKey from compiled where key = ?",
        )
        .get(this.#own(key)),
    );
    return row as Omit<CachedProject, "sketches"> | undefined;
  }

  /** The sketches of the nodes of a project that is here. Errors: `EarlierLost`. */
  sketches(key: string): string {
    const row = this.#safely((database) =>
      database.prepare("select sketches from compiled where key = ?").get(this.#own(key)),
    ) as { readonly sketches: string } | undefined;
    if (row === undefined) throw new EarlierLost("the cache was cleared while it was read");
    return row.sketches;
  }

  latest(): CachedLatest | undefined {
    const row = this.#safely((database) =>
      database.prepare("select files, evaluation from latest where version = ?").get(this.#version),
    );
    return row as CachedLatest | undefined;
  }

  /** The texts of nodes, in the order of their keys. One question for all is half of the work. Errors: `EarlierLost`. */
  nodes(keys: readonly string[]): readonly NodeText[] {
    const rows = this.#safely<unknown>((database) => {
      this.#nodes ??= database.prepare(
        "select wanted.key as place, head, lineage from json_each(?) as wanted cross join node on node.key = wanted.value",
      );
      return this.#nodes.all(JSON.stringify(keys));
    }) as readonly NodeRow[] | undefined;
    if (rows?.length !== keys.length) throw new EarlierLost("the cache was cleared while it was read");
    const texts: NodeText[] = [];
    for (const { place, head, lineage } of rows)
      texts[place] = lineage === null ? { head } : { head, lineage };
    return texts;
  }

  /** Write what one compilation leaves, all at once. `count`: how many nodes the project has. */
  save(left: {
    readonly latest: CachedLatest;
    readonly nodes: ReadonlyMap<string, NodeText>;
    readonly count: number;
    readonly project?: { readonly key: string; readonly row: CachedProject };
  }): void {
    this.#safely((database) => {
      database.exec("begin immediate");
      const insert = database.prepare("insert or replace into node values (?, ?, ?)");
      for (const [key, { head, lineage }] of left.nodes) insert.run(key, head, lineage ?? null);
      database
        .prepare("insert or replace into latest values (?, ?, ?)")
        .run(this.#version, left.latest.files, left.latest.evaluation);
      if (left.project !== undefined) {
        const { graphHash, diagnostics, environment, outline, sketches, shapesKey } = left.project.row;
        database
          .prepare("insert or replace into compiled values (?, ?, ?, ?, ?, ?, ?)")
          .run(
            this.#own(left.project.key),
            graphHash,
            diagnostics,
            environment,
            outline,
            sketches,
            shapesKey,
          );
      }
      this.#forget(database, left.count);
      database.exec("commit");
    });
  }

  /** Drop what is old. A project that misses a node is compiled again. */
  #forget(database: DatabaseSync, count: number): void {
    database.exec(
      `delete from compiled where rowid not in (select rowid from compiled order by rowid desc limit ${keptProjects})`,
    );
    const { nodes } = database.prepare("select count(*) as nodes from node").get() as { nodes: number };
    if (nodes <= keptShare * count + 1000) return;
    database.exec(
      "delete from compiled where rowid <> (select max(rowid) from compiled); delete from node where key not in (select value from compiled, json_each(outline, '$.nodes'))",
    );
    database.prepare("delete from latest where version <> ?").run(this.#version);
  }

  close(): void {
    try {
      this.#database?.close();
    } catch {
      // It is lost either way.
    }
    this.#database = undefined;
    this.#nodes = undefined;
  }

  #own(key: string): string {
    return `${this.#version} ${key}`;
  }

  #safely<T>(work: (database: DatabaseSync) => T): T | undefined {
    if (this.#givenUp) return undefined;
    try {
      this.#database ??= open(this.#path);
      return work(this.#database);
    } catch (error) {
      this.#givenUp = true;
      this.close();
      // 1 is a table of another version, 11 damage, 26 a file that never was a database; anything else may pass by itself.
      const { errcode } = error as { readonly errcode?: number };
      if (errcode === 1 || errcode === 11 || errcode === 26) remove(this.#path);
      return undefined;
    }
  }
}

function open(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 500 });
  database.exec(schema);
  return database;
}

function remove(path: string): void {
  for (const ending of ["", "-wal", "-shm"]) {
    try {
      rmSync(path + ending, { force: true });
    } catch {
      return;
    }
  }
}
