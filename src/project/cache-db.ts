import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { CompileCache } from "../compile/compile-cache.ts";
import { compilerVersion } from "./compiler-version.ts";

/** A compiled project as the cache keeps it. */
export interface CachedProject {
  readonly graphHash: string;
  /** JSON of `ProjectSettings`. */
  readonly settings: string;
  /** JSON of the graph's diagnostics, which are warnings. */
  readonly diagnostics: string;
  /** JSON of the environment variables that definitions read, with their values' hashes. */
  readonly environment: string;
}

const schema = `
  pragma journal_mode = wal;
  pragma synchronous = off;
  create table if not exists project (
    key text primary key, graph_hash text, settings text, diagnostics text, environment text, graph text
  ) strict;
  create table if not exists answer (key text primary key, value text) strict, without rowid;
`;

/** How many compiled projects are kept: enough to go back and forth between a few branches. */
const keptProjects = 8;

/** How many answers of the engine are kept. */
const keptAnswers = 200_000;

/**
 * The cache below `.sluice/cache/`, shared by all processes of a project. It never fails: what cannot be
 * read or written is as if it were not there, and a damaged file is replaced.
 */
export class CacheDatabase implements CompileCache {
  readonly #path: string;
  /** Another compiler may see a project in another way, so it has its own answers. */
  readonly #version: string;
  #database: DatabaseSync | undefined;
  #get: StatementSync | undefined;
  #fresh = new Map<string, string>();
  /** After a failure this process goes without: asking again for every answer would only take time. */
  #givenUp = false;

  constructor(root: string) {
    this.#version = compilerVersion();
    this.#path = join(root, ".sluice", "cache", "compile.db");
  }

  /** An answer of the engine. */
  get(key: string): string | undefined {
    return (
      this.#fresh.get(key) ??
      this.#safely((database) => {
        this.#get ??= database.prepare("select value from answer where key = ?");
        return this.#get.get(this.#own(key))?.["value"] as string | undefined;
      })
    );
  }

  /** Whether any answers are kept. */
  hasAnswers(): boolean {
    return this.#safely((database) => database.prepare("select 1 from answer limit 1").get()) !== undefined;
  }

  /** Keep an answer; written by `save`. */
  set(key: string, value: string): void {
    this.#fresh.set(key, value);
  }

  project(key: string): CachedProject | undefined {
    const row = this.#safely((database) =>
      database
        .prepare(
          "select graph_hash as graphHash, settings, diagnostics, environment from project where key = ?",
        )
        .get(this.#own(key)),
    );
    return row as CachedProject | undefined;
  }

  /** JSON of the compiled project. */
  graph(key: string): string | undefined {
    const row = this.#safely((database) =>
      database.prepare("select graph from project where key = ?").get(this.#own(key)),
    );
    return row?.["graph"] as string | undefined;
  }

  /** Write new answers and, where there is one, the compiled project, all at once. */
  save(compiled?: { readonly key: string; readonly project: CachedProject; readonly graph: string }): void {
    if (this.#fresh.size === 0 && compiled === undefined) return;
    this.#safely((database) => {
      database.exec("begin immediate");
      const insert = database.prepare("insert or replace into answer values (?, ?)");
      for (const [key, value] of this.#fresh) insert.run(this.#own(key), value);
      if (compiled !== undefined) {
        const { graphHash, settings, diagnostics, environment } = compiled.project;
        database
          .prepare("insert or replace into project values (?, ?, ?, ?, ?, ?)")
          .run(this.#own(compiled.key), graphHash, settings, diagnostics, environment, compiled.graph);
        database.exec(
          `delete from project where rowid not in (select rowid from project order by rowid desc limit ${keptProjects})`,
        );
      }
      const { count } = database.prepare("select count(*) as count from answer").get() as { count: number };
      if (count > keptAnswers) database.exec("delete from answer");
      database.exec("commit");
    });
    this.#fresh = new Map();
  }

  close(): void {
    try {
      this.#database?.close();
    } catch {
      // It is lost either way.
    }
    this.#database = undefined;
    this.#get = undefined;
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
      // 11 is damage, 26 is a file that never was a database; anything else may pass by itself.
      const { errcode } = error as { readonly errcode?: number };
      if (errcode === 11 || errcode === 26) remove(this.#path);
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
