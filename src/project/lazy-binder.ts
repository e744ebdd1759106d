import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Binder } from "../sql/binder.ts";

export interface LazyBinder extends Binder {
  /** Load the engine, because it will be needed, and begin to open it. What goes wrong is told to whoever asks next. */
  warm(): Promise<void>;
}

/** A binder that loads its engine when it is first asked: where all answers are cached, never. */
export function lazyBinder(): LazyBinder {
  let loading: ReturnType<typeof loadBinder> | undefined;
  let opening: Promise<Binder> | undefined;
  let opened: Binder | undefined;
  let closed = false;
  const load = (): ReturnType<typeof loadBinder> => (loading ??= loadBinder());
  const open = (): Promise<Binder> =>
    (opening ??= load()
      .then(({ openBinder }) => openBinder())
      .then((binder) => {
        opened = binder;
        if (closed) binder.close();
        return binder;
      }));
  return {
    warm: async () => {
      open().catch(() => undefined);
      await load().catch(() => undefined);
    },
    engineVersion: installedEngineVersion(),
    parse: async (sql) => (await open()).parse(sql),
    keepsNothing: async (sql) => (await open()).keepsNothing(sql),
    declare: async (dataset, columns) => (await open()).declare(dataset, columns),
    bind: async (sql) => (await open()).bind(sql),
    trace: async (...asked) => (await open()).trace(...asked),
    forget: async (dataset) => (await open()).forget(dataset),
    close: () => {
      if (!closed) opened?.close();
      closed = true;
    },
  };
}

const loadBinder = () => import("../sql/duckdb-binder.ts");

/** Major and minor version of the engine, without loading it. */
function installedEngineVersion(): string {
  const path = createRequire(import.meta.url).resolve("@duckdb/node-bindings/package.json");
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { readonly version: string };
  return version.split(".", 2).join(".");
}
