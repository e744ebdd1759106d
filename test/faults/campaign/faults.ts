/**
 * What can happen to a command while it runs. A fault is caused, not pretended: processes are killed and
 * stopped, disks filled, servers shot, files cut.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ended, Started } from "../../e2e/command-line.ts";
import type { Roll } from "../chance.ts";
import { childrenOf } from "../inspect-state.ts";
import { canUnshare, type Place } from "./place.ts";

/** A command that is on its way. */
export interface Attempt extends Started {
  readonly args: readonly string[];
  readonly place: Place;
  readonly roll: Roll;
  /** Resolves at a moment of the seed's choice: an event that the command tells of, or an instant; or when it has ended. */
  readonly moment: () => Promise<void>;
  /** Whether it has ended. */
  readonly over: () => boolean;
  /** Write down what was done, for whoever reads the story. */
  readonly note: (text: string) => void;
  /**
   * Another command meanwhile; a run may be one in another container. The story waits for its end, and judges it by the
   * same measure.
   */
  readonly meanwhile: (args: readonly string[], elsewhere?: boolean) => Promise<Ended>;
}

export interface Fault {
  readonly name: string;
  readonly weight: number;
  /** Whether it can happen to this command here. */
  fits(args: readonly string[], place: Place): boolean;
  inflict(attempt: Attempt): Promise<void>;
  /** What was done is taken back once the command has ended. */
  undo?(place: Place): void;
  /** Errors with which a command may end because of it. */
  readonly errors: readonly string[];
  /** Commands may be killed by it. */
  readonly kills?: true;
  /** Datasets may fail because of it, and be held. */
  readonly fails?: true;
}

const isRun = ([verb]: readonly string[]): boolean => verb === "run" || verb === "resume";
const always = (): boolean => true;

/** Send a signal to processes that may be gone. */
function signal(pids: readonly (number | undefined)[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      if (pid !== undefined) process.kill(pid, name);
    } catch {
      // It was faster.
    }
  }
}

const workersOf = ({ child }: Attempt): number[] => (child.pid === undefined ? [] : childrenOf(child.pid));

async function pause(pids: readonly (number | undefined)[], milliseconds: number): Promise<void> {
  signal(pids, "SIGSTOP");
  await sleep(milliseconds);
  signal(pids, "SIGCONT");
}

/** Kilobytes in use on a disk. */
const used = (directory: string): number =>
  Number(
    execFileSync("df", ["--output=used", "-k", directory], { encoding: "utf8" }).trim().split("\n").at(-1),
  );

const mount = (...args: readonly string[]): unknown => execFileSync("mount", args, { stdio: "pipe" });

/** The system refuses while a file is being written there: a moment later none may be. */
async function makeReadOnly(directory: string): Promise<void> {
  for (let left = 50; ; left -= 1) {
    try {
      return void mount("-o", "remount,bind,ro", directory);
    } catch (error) {
      if (left === 0 || !String(error).includes("busy")) throw error;
      await sleep(5);
    }
  }
}

/** Backends of the story's database. */
async function backendsOf({ server, database }: Place): Promise<number[]> {
  const told = await server?.ask(`select pid from pg_stat_activity where datname = '${database}'`);
  return (told ?? "").split("\n").filter(Boolean).map(Number);
}

const nothing: Fault = {
  name: "nothing",
  weight: 3,
  fits: always,
  inflict: () => Promise.resolve(),
  errors: [],
};

const kills: readonly Fault[] = [
  {
    name: "kill -9 of the command line",
    weight: 12,
    fits: always,
    async inflict(attempt) {
      await attempt.moment();
      signal([attempt.child.pid], "SIGKILL");
    },
    errors: [],
    kills: true,
  },
  {
    name: "kill -9 of a worker",
    weight: 4,
    fits: isRun,
    async inflict(attempt) {
      await attempt.moment();
      const workers = workersOf(attempt);
      signal([workers[attempt.roll(Math.max(1, workers.length))]], "SIGKILL");
    },
    errors: [],
  },
  {
    name: "kill -9 of every worker that appears",
    weight: 2,
    fits: isRun,
    async inflict(attempt) {
      await attempt.moment();
      while (!attempt.over()) {
        signal(workersOf(attempt), "SIGKILL");
        await sleep(15);
      }
    },
    errors: [],
    fails: true,
  },
  {
    name: "kill -9 of command line and worker at once",
    weight: 2,
    fits: isRun,
    async inflict(attempt) {
      await attempt.moment();
      signal([...workersOf(attempt), attempt.child.pid], "SIGKILL");
    },
    errors: [],
    kills: true,
  },
  {
    name: "Ctrl-C",
    weight: 2,
    fits: always,
    async inflict(attempt) {
      await attempt.moment();
      signal([attempt.child.pid], attempt.roll(2) === 0 ? "SIGINT" : "SIGTERM");
      if (attempt.roll(3) > 0) return;
      await sleep(150);
      signal([attempt.child.pid], "SIGINT");
    },
    // A command that does not listen is ended by the signal.
    errors: ["interrupted"],
    kills: true,
  },
];

const storageFaults: readonly Fault[] = [
  {
    name: "disk full",
    weight: 4,
    fits: (_, { disk }) => disk !== undefined,
    async inflict({ place, roll, note }) {
      const left = [0, 4, 12, 40, 100, 250][roll(6)] ?? 0;
      place.disk?.resize(used(place.root) + left);
      note(`${left} KB left`);
    },
    undo: (place) => place.makeRoom(),
    errors: ["disk-full"],
  },
  {
    name: "disk full in the middle",
    weight: 3,
    fits: (args, { disk }) => isRun(args) && disk !== undefined,
    async inflict(attempt) {
      await attempt.moment();
      fill(attempt.place);
    },
    undo: (place) => place.makeRoom(),
    errors: ["disk-full"],
  },
  {
    name: "storage read-only in the middle",
    weight: 3,
    fits: (args, { disk }) => disk !== undefined && (isRun(args) || args[0] === "gc"),
    async inflict(attempt) {
      await attempt.moment();
      const { data } = attempt.place.places;
      mount("--bind", data, data);
      await makeReadOnly(data);
    },
    undo({ places: { data } }) {
      try {
        execFileSync("umount", ["--lazy", data], { stdio: "pipe" });
      } catch {
        // The command had ended before it was mounted.
      }
    },
    errors: ["disk-read-only"],
  },
  {
    name: "writes of a worker end in the middle of a file",
    weight: 3,
    fits: isRun,
    async inflict(attempt) {
      await attempt.moment();
      const size = [0, 100, 700, 4000][attempt.roll(4)] ?? 0;
      for (const worker of workersOf(attempt)) {
        try {
          execFileSync("prlimit", [`--pid=${worker}`, `--fsize=${size}`], { stdio: "pipe" });
        } catch {
          // It was faster.
        }
      }
      attempt.note(`after ${size} bytes`);
    },
    errors: ["disk-full"],
    fails: true,
  },
];

const storeFaults: readonly Fault[] = [
  {
    name: "the store is shot and comes back",
    weight: 6,
    fits: (_, { server }) => server !== undefined,
    async inflict(attempt) {
      await attempt.moment();
      await attempt.place.server?.crash();
      await sleep(attempt.roll(600));
      await attempt.place.server?.start();
    },
    errors: ["state-unreachable"],
  },
  {
    name: "connections to the store break",
    weight: 4,
    fits: (_, { server }) => server !== undefined,
    async inflict({ moment, place, roll, over }) {
      await moment();
      for (let left = 1 + roll(4); left > 0 && !over(); left -= 1) {
        await place.server?.ask(
          `select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '${place.database}'`,
        );
        await sleep(roll(60));
      }
    },
    errors: ["state-unreachable"],
  },
  {
    name: "the store stands still for a while",
    weight: 2,
    fits: (_, { server }) => server !== undefined,
    async inflict({ moment, place, roll }) {
      await moment();
      await pause(await backendsOf(place), 100 + roll(900));
    },
    errors: [],
  },
  {
    name: "the store is locked by somebody else for a while",
    weight: 4,
    fits: (_, { kind }) => kind === "sqlite",
    async inflict({ moment, place, roll }) {
      await moment();
      const db = new DatabaseSync(place.places.state, { timeout: 5000 });
      try {
        db.exec("begin immediate");
        await sleep(50 + roll(700));
        db.exec("rollback");
      } finally {
        db.close();
      }
    },
    errors: [],
  },
];

const stops: readonly Fault[] = [
  {
    name: "everything stands still for a while",
    weight: 3,
    fits: always,
    async inflict(attempt) {
      await attempt.moment();
      const pids = [attempt.child.pid, ...workersOf(attempt)];
      await pause(attempt.roll(2) === 0 ? pids : pids.slice(1), 50 + attempt.roll(800));
    },
    errors: [],
  },
  {
    name: "a zombie: stopped, succeeded by another, woken up",
    weight: 6,
    fits: () => canUnshare,
    async inflict(attempt) {
      await attempt.moment();
      const pids = [attempt.child.pid, ...(attempt.roll(2) === 0 ? [] : workersOf(attempt))];
      signal(pids, "SIGSTOP");
      const staged = stagedIn(attempt.place);
      const environment = environmentOf(attempt.args);
      const successor = attempt.meanwhile(["run", "--json", "--env", environment], true);
      // Where the sleeper holds a lock of the state, the other has to wait for it to wake up.
      await Promise.race([successor, sleep(4000 + attempt.roll(500))]);
      const left = new Set(stagedIn(attempt.place));
      signal(pids, "SIGCONT");
      // Nobody in another container can know that it is of no use any more.
      const swept = staged.filter((owner) => !left.has(owner));
      if (swept.length > 0) throw new Error(`what ${swept.join(", ")} staged was swept by another container`);
    },
    errors: ["lease-lost", "environment-busy", "base-moved", "version-gone"],
  },
];

/** Who has staged files. */
function stagedIn({ root }: Place): readonly string[] {
  const staging = join(root, ".sluice/data/.staging");
  return existsSync(staging) ? readdirSync(staging) : [];
}

const races: readonly Fault[] = [
  {
    name: "others want the same environment",
    weight: 6,
    fits: always,
    async inflict(attempt) {
      const environment = environmentOf(attempt.args);
      const others: readonly (readonly string[])[] = [
        ["run", "--json", "--env", environment],
        ["run", "--json", "--env", environment],
        ["rollback", "--json", "--env", environment],
        ["gc", "--json", "--yes", "--keep", "2"],
        ["promote", "--json", "dev", "prod"],
      ];
      for (let left = 1 + attempt.roll(2); left > 0; left -= 1) {
        await attempt.moment();
        void attempt.meanwhile(others[attempt.roll(others.length)] ?? []);
      }
    },
    errors: ["environment-busy", "base-moved", "version-gone", "lease-lost"],
  },
  {
    name: "somebody cancels it",
    weight: 2,
    fits: isRun,
    async inflict(attempt) {
      await attempt.moment();
      await attempt.meanwhile(["cancel", "--json", "--env", environmentOf(attempt.args)]);
    },
    errors: ["interrupted"],
  },
  {
    name: "a run in another environment",
    weight: 3,
    fits: always,
    async inflict(attempt) {
      if (attempt.roll(2) === 0) await attempt.moment();
      void attempt.meanwhile(["run", "--json", "--env", "side"]);
    },
    // To let go of anything takes everybody's leave.
    errors: ["environment-busy"],
  },
];

/** Leave hardly any room. A disk gets no smaller than what it holds, which may be more by now than it was a moment ago. */
function fill({ disk, root }: Place): void {
  for (let tries = 20; ; tries--) {
    try {
      return disk?.resize(used(root) + 4);
    } catch (error) {
      if (tries === 0) throw error;
    }
  }
}

/** Add yours here: what can happen to a command. */
export const faults: readonly Fault[] = [
  nothing,
  ...kills,
  ...storageFaults,
  ...storeFaults,
  ...stops,
  ...races,
];

/** The environment that a command writes to. */
export function environmentOf(args: readonly string[]): string {
  if (args[0] === "promote") return args.at(-1) ?? "prod";
  const at = args.indexOf("--env");
  return at < 0 ? "dev" : (args[at + 1] ?? "dev");
}
