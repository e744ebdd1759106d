import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Binder } from "../sql/binder.ts";

export interface LazyBinder extends Binder {
  /** Begin to load the engine, because it will be needed. */
  warm(): void;
}

/** A binder that loads its engine when it is first asked: where all answers are cached, never. */
export function lazyBinder(): LazyBinder {
  let opening: Promise<Binder> | undefined;
  let opened: Binder | undefined;
  let closed = false;
  const open = (): Promise<Binder> =>
    (opening ??= import("../sql/duckdb-binder.ts")
      .then(({ openBinder }) => openBinder())
      .then((binder) => {
        opened = binder;
        if (closed) binder.close();
        return binder;
      }));
  return {
    warm: () => {
      // Whoever asks for it next is told what went wrong.
      open().catch(() => undefined);
    },
    engineVersion: installedEngineVersion(),
    parse: async (sql) => (await open()).parse(sql),
    declare: async (dataset, columns) => (await open()).declare(dataset, columns),
    bind: async (sql) => (await open()).bind(sql),
    trace: async (sql) => (await open()).trace(sql),
    forget: async (dataset) => (await open()).forget(dataset),
    close: () => {
      if (!closed) opened?.close();
      closed = true;
    },
  };
}

/** Major and minor version of the engine, without loading it. */
function installedEngineVersion(): string {
  const path = createRequire(import.meta.url).resolve("@duckdb/node-bindings/package.json");
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { readonly version: string };
  return version.split(".", 2).join(".");
}
