import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, release, tmpdir, totalmem, type } from "node:os";
import { statfs } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";

/** What the numbers were measured on; without names of hosts or people. */
export async function machine(): Promise<Readonly<Record<string, unknown>>> {
  const disk = await statfs(tmpdir());
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: gibibytes(totalmem()),
    system: `${type()} ${release()} ${arch()}`,
    freeDiskGiB: gibibytes(disk.bavail * disk.bsize),
    // Above the number of cores somebody else is at work, and the numbers are worth less.
    loadAverage: loadavg().map((load) => Number(load.toFixed(2))),
  };
}

/** Versions of what is measured and of what measures. */
export async function versions(): Promise<Readonly<Record<string, string>>> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const engine = (await connection.runAndReadAll("select version()")).getRows()[0]?.[0];
  connection.closeSync();
  instance.closeSync();
  const own = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  return { sluice: own.version, node: process.versions.node, duckdb: String(engine).replace(/^v/, "") };
}

const gibibytes = (bytes: number): number => Number((bytes / 2 ** 30).toFixed(1));
