import { execFile, spawn, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, readdirSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A PostgreSQL server of its own, with nothing in it, that can be stopped at will. */
export interface PostgresServer extends AsyncDisposable {
  /** Address of a database, with the password, without a schema. */
  readonly url: string;
  readonly password: string;
  /** As by pulling the plug: connections break, nothing is said. */
  crash(): Promise<void>;
  /** Start again after a crash, on the same port. */
  start(): Promise<void>;
  /** Statements as the owner of everything. */
  ask(sql: string): Promise<string>;
}

/**
 * Start a server in a temporary directory on a free port, or say why this machine has none. Tests pull plugs of
 * processes, not of machines, so the disk is waited for only where `durable` asks for it.
 */
export async function startPostgres(durable = false): Promise<PostgresServer | { readonly skipped: string }> {
  const programs = findPrograms();
  if (programs === undefined) {
    return { skipped: "PostgreSQL 15 or newer is not installed here (Debian: apt-get install postgresql)" };
  }
  const user = process.getuid?.() === 0 ? await serverUser() : undefined;
  const directory = await mkdtemp(join(tmpdir(), "sluice-postgres-"));
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  const data = join(directory, "data");
  const port = await freePort();
  const settings = [
    `fsync=${durable ? "on" : "off"}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
  ];
  const password = randomUUID();
  const passwordFile = join(directory, "password");
  await writeFile(passwordFile, password);
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const owner = ["-U", "sluice", "-A", "scram-sha-256", "--pwfile", passwordFile];
  const shape = ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
  await run(join(programs, "initdb"), ["-D", data, ...owner, ...shape], { ...user, cwd: directory });
  let server: ChildProcess | undefined;
  const ask = async (sql: string): Promise<string> => {
    const target = `host=127.0.0.1 port=${port} user=sluice dbname=postgres connect_timeout=30`;
    const env = { ...process.env, PGPASSWORD: password };
    return (await run(join(programs, "psql"), ["-X", "-At", "-d", target, "-c", sql], { env })).stdout.trim();
  };
  const start = async (): Promise<void> => {
    const options = settings.flatMap((setting) => ["-c", setting]);
    server = spawn(join(programs, "postgres"), ["-D", data, "-p", String(port), ...options], {
      ...user,
      cwd: directory,
      stdio: "ignore",
    });
    for (let left = 200; ; left--) {
      try {
        await ask("select 1");
        return;
      } catch (error) {
        if (left === 0 || server.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const end = async (signal: "SIGQUIT" | "SIGINT"): Promise<void> => {
    const ending = server;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    await ended;
    server = undefined;
  };
  await start();
  return {
    url: `postgres://sluice:${password}@127.0.0.1:${port}/postgres`,
    password,
    ask,
    start,
    crash: () => end("SIGQUIT"),
    async [Symbol.asyncDispose]() {
      await end("SIGINT");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The directory of the newest server's programs. */
function findPrograms(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).map(Number) : [];
  const newest = Math.max(...versions.filter((version) => version >= 15));
  const places = [`${debian}/${newest}/bin`, "/opt/homebrew/opt/postgresql/bin", "/usr/local/pgsql/bin"];
  return places.find((place) => existsSync(join(place, "initdb")));
}

/** The server refuses to be run by root, so it runs as the user that the package made for it. */
async function serverUser(): Promise<{ readonly uid: number; readonly gid: number }> {
  const id = async (which: string): Promise<number> => Number((await run("id", [which, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
