/**
 * Every verb with its arguments, flags and examples, as data. The code of a verb is imported when it is asked
 * for, so that help, usage errors and documentation load nothing else.
 */
import { Argument, InvalidArgumentError, Option } from "commander";
import type { Shell } from "./shell.ts";

/** A verb: does its work through the shell and returns the exit code. */
export type Verb<A extends readonly unknown[]> = (shell: Shell, ...args: A) => Promise<number>;

const json = () => new Option("--json", "print one JSON document instead of text");
const projectOption = () =>
  new Option("--project <dir>", "the project's directory (default: the nearest one from here upwards)");
const environment = () => new Option("--env <name>", 'the environment (default: SLUICE_ENV, else "dev")');
const why = () => new Option("--why <text>", "the reason, kept in the history of releases");
const select = () =>
  new Option(
    "--select <selection...>",
    'only these datasets: names, "+name" with all it reads, "name+" with all that reads it, "tag:x", "owner:x"',
  );

function wholeNumber(minimum: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < minimum) {
      throw new InvalidArgumentError(`It must be a whole number, at least ${minimum}.`);
    }
    return number;
  };
}

export interface VerbSpec {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly arguments?: readonly Argument[];
  readonly options: readonly Option[];
  /** Command lines without the leading `sluice`, each with what it does. */
  readonly examples: readonly (readonly [string, string])[];
  readonly load: () => Promise<Verb<never>>;
}

const start: readonly VerbSpec[] = [
  {
    name: "init",
    summary: "Start a small project that works",
    description:
      "Writes a small project that works: a source with a contract, two models, a consumer and a story. Existing files are never overwritten.",
    arguments: [new Argument("[dir]", "where the project goes").default(".", "this directory")],
    options: [
      new Option("--name <name>", "the project's name (default: that of the directory)"),
      new Option("-y, --yes", "ask nothing"),
      json(),
    ],
    examples: [
      ["init coffee --yes", "a new project in ./coffee"],
      ["init", "in this directory, asking for the name"],
    ],
    load: async () => (await import("./init.ts")).init,
  },
  {
    name: "demo",
    summary: "Play the lesson: flow, poison, repair, rollback",
    description:
      "Copies the example project and plays a lesson on it through the real command line: data flows, a story is added while it flows, a poisoned delivery is stopped while readers keep the last good data, it is repaired, and rolled back.",
    arguments: [new Argument("[dir]", "where the example goes").default("sluice-demo", '"sluice-demo"')],
    options: [
      new Option("--comments <count>", "how many comments to simulate")
        .argParser(wholeNumber(1000))
        .default(20_000),
      json(),
    ],
    examples: [["demo", "the whole lesson in ./sluice-demo"]],
    load: async () => (await import("./demo.ts")).demo,
  },
];

const work: readonly VerbSpec[] = [
  {
    name: "check",
    summary: "Compile the project and report every mistake",
    description:
      "Compiles the project, writes its types for TypeScript (sluice-env.d.ts) and reports every mistake. With --watch it stays and does so again after every change, until Ctrl-C.",
    options: [
      new Option("--watch", "check again after every change; with --json, one document in each line"),
      projectOption(),
      json(),
    ],
    examples: [
      ["check", "all mistakes, with file, line and what to do"],
      ["check --watch", "the same after every save"],
      ["check --json", "the same as a document"],
    ],
    load: async () => (await import("./check.ts")).check,
  },
  {
    name: "plan",
    summary: "Say what a run would do, and why",
    description:
      "Says what a run would do, why, and whom it touches. Exits with 2 when there is something to do, else 0.",
    options: [
      environment(),
      select(),
      new Option("--format <format>", "how to print the plan; markdown is made for pull requests")
        .choices(["text", "markdown", "json"])
        .default("text"),
      projectOption(),
      new Option("--json", "the same as --format json"),
    ],
    examples: [
      ["plan", "what a run in dev would do"],
      ["plan --env prod --select raw.slack+", "of raw.slack and all that reads it"],
      ["plan --env prod --format markdown", "what merging would do, for a comment on a pull request"],
    ],
    load: async () => (await import("./plan.ts")).plan,
  },
  {
    name: "run",
    summary: "Build what is needed, audit it, publish it in one release",
    description:
      "Builds what changed, audits it where it lies, and publishes everything good in one release. What fails, and all that depends on it, stays at its last good version; then the exit code is 1. Ctrl-C stops cleanly; a second one at once.",
    options: [
      environment(),
      select(),
      why(),
      new Option("--all-or-nothing", "publish only if nothing failed"),
      projectOption(),
      new Option("--json", "print one JSON line per event; the last line is the summary"),
    ],
    examples: [
      ["run", "bring dev up to date"],
      ["run --select raw.slack+", "only raw.slack and all that reads it"],
      ['run --env prod --why "Monday\'s figures"', "with a reason in the history"],
    ],
    load: async () => (await import("./run.ts")).run,
  },
  {
    name: "backfill",
    summary: "Build missing intervals ahead of a run",
    description:
      "Builds the intervals between two times that models built by intervals lack, by their definitions of now, several pieces of work at once. Publishes nothing: the next run finds what is there. What is finished stays finished, however it ends: the same command goes on from there.",
    arguments: [
      new Argument(
        "[selection...]",
        "the models, as --select of run takes them (default: all that are built by intervals)",
      ),
    ],
    options: [
      new Option(
        "--from <time>",
        'where to begin: a date or a time, such as 2026-03-01 or "2026-03-01 10:00" (UTC)',
      ).makeOptionMandatory(),
      new Option("--to <time>", "where to end; the time itself is not in it").makeOptionMandatory(),
      environment(),
      projectOption(),
      json(),
    ],
    examples: [
      ["backfill --from 2025-01-01 --to 2026-01-01", "a year, for every model that is built by intervals"],
      ["backfill shop.daily --from 2026-03-01 --to 2026-04-01 --env prod", "one month of one model"],
    ],
    load: async () => (await import("./backfill.ts")).backfill,
  },
  {
    name: "resume",
    summary: "Go on behind the finished stages of a run that was stopped or died",
    description:
      "Goes on behind the finished stages of a run that was interrupted, failed or died, with its selection and the project it was started with. Without an id it is the environment's newest run, and the project must not have changed since; with one, the project as that run had it.",
    arguments: [new Argument("[id]", "the run, or the beginning of its id (default: the newest)")],
    options: [
      environment(),
      why(),
      projectOption(),
      new Option("--json", "print one JSON line per event; the last line is the summary"),
    ],
    examples: [
      ["resume", "the newest run of dev"],
      ["resume 3f2a9c1e", "a certain one, with the project as it was"],
    ],
    load: async () => (await import("./resume.ts")).resume,
  },
  {
    name: "cancel",
    summary: "Ask a run to stop, on whatever machine it is",
    description:
      "Asks a run to stop, through the store: it hears of it within seconds, publishes nothing, keeps what it finished and ends as interrupted. A run whose process died is marked as interrupted at once. Waits until the run has ended; exits with 1 when it had published before it heard.",
    arguments: [new Argument("[id]", "the run, or the beginning of its id (default: the one on its way)")],
    options: [
      environment(),
      new Option("--why <text>", "the reason, kept with the run"),
      new Option("--no-wait", "only ask"),
      projectOption(),
      json(),
    ],
    examples: [
      ["cancel", "the run that is on its way in dev"],
      ['cancel 3f2a9c1e --why "wrong month"', "a certain one"],
    ],
    load: async () => (await import("./cancel.ts")).cancel,
  },
];

const look: readonly VerbSpec[] = [
  {
    name: "query",
    summary: "Ask published data a question in SQL",
    description:
      "Runs one SQL query on what an environment publishes. Datasets are tables; what a source refused is in <source>__quarantine. The query sees neither files nor network.",
    arguments: [new Argument("<sql>", 'the query, or "-" to read it from the standard input')],
    options: [
      environment(),
      new Option("--at <release>", "as of a release number or a time (ISO 8601)"),
      new Option("--candidate", "read refused candidates in place of what they would have replaced"),
      new Option("--format <format>", "how to print rows")
        .choices(["table", "csv", "json", "ndjson"])
        .default("table"),
      new Option("--limit <rows>", "at most this many rows (default: 40 for tables, else all)").argParser(
        wholeNumber(1),
      ),
      projectOption(),
      new Option("--json", "the same as --format json"),
    ],
    examples: [
      ['query "select * from shop.daily_revenue"', "a table"],
      ['query "from raw.orders" --format csv > orders.csv', "a file"],
      ['query --at 3 "select count(*) from raw.orders"', "as it was in release 3"],
      ['query "from raw.orders__quarantine"', "what the contract refused, with reasons"],
      ["query - < question.sql", "a query from a file"],
    ],
    load: async () => (await import("./query.ts")).query,
  },
  {
    name: "ls",
    summary: "List the datasets and what is published of them",
    options: [environment(), new Option("--all", "consumers and stories too"), projectOption(), json()],
    examples: [["ls --all", "everything the project defines"]],
    load: async () => (await import("./ls.ts")).ls,
  },
  {
    name: "show",
    summary: "Show one dataset: schema, version, statistics, checks, neighbours",
    arguments: [new Argument("<dataset>", "its name, such as raw.orders")],
    options: [environment(), projectOption(), json()],
    examples: [["show raw.orders", "also why rows were refused"]],
    load: async () => (await import("./show.ts")).show,
  },
  {
    name: "lineage",
    summary: "Where a dataset or a column comes from, and what depends on it",
    description:
      "Shows where a dataset or one of its columns comes from, and what depends on it down to the consumers. Between columns it says how: identity, expression or aggregate where values flow; filter, join, group, window or order where a column decides. Reads the compiled project only, no data.",
    arguments: [
      new Argument("<name>", "a dataset, such as shop.daily_revenue, or a column: shop.daily_revenue.day"),
    ],
    options: [
      new Option("--up", "only where it comes from"),
      new Option("--down", "only what depends on it"),
      new Option("--depth <steps>", "at most this many steps (default: all)").argParser(wholeNumber(1)),
      new Option("--columns", "of a dataset: a line for each column"),
      projectOption(),
      json(),
    ],
    examples: [
      ["lineage shop.daily_revenue", "datasets up and down, and who uses them"],
      ["lineage shop.daily_revenue.revenue --up", "the columns that one column is made of"],
      ["lineage raw.orders --columns", "where each column goes"],
    ],
    load: async () => (await import("./lineage.ts")).lineage,
  },
  {
    name: "diff",
    summary: "Compare the data of two environments, releases or versions",
    description:
      "Says how the data of two sides differs: schemas, rows added, removed and changed, values by column, with a few rows. A side is an environment (dev), a release of one (prod@12, or a time: prod@2026-03-01) or the id of a version. What has the same content is not read. Exits with 2 when anything differs, else 0.",
    arguments: [
      new Argument("<a>", "the side to compare from"),
      new Argument("<b>", "the side to compare to"),
      new Argument("[datasets...]", "only these datasets (default: all)"),
    ],
    options: [
      new Option("--key <columns...>", "columns that tell rows apart (default: the declared key)"),
      new Option("--sample <rows>", "how many rows to show of each kind")
        .argParser(wholeNumber(0))
        .default(5),
      new Option("--no-rows", "compare schemas and counts only, without reading data"),
      projectOption(),
      json(),
    ],
    examples: [
      ["diff prod dev", "what promoting dev to prod would change for readers"],
      ["diff prod@11 prod@12 shop.daily_revenue", "what one release did to one dataset"],
      ["diff prod dev raw.orders --key order_id", "by a key that the contract does not declare"],
    ],
    load: async () => (await import("./diff.ts")).diff,
  },
  {
    name: "releases",
    summary: "The history of an environment: when, who, what changed, why",
    options: [
      environment(),
      new Option("--limit <count>", "how many, newest first").argParser(wholeNumber(1)).default(20),
      projectOption(),
      json(),
    ],
    examples: [["releases --env prod", "the last 20 releases of prod"]],
    load: async () => (await import("./releases.ts")).releases,
  },
  {
    name: "runs",
    summary: "The runs: which are on their way, how the others ended, and how far they came",
    description:
      "Lists the newest runs of all environments or of one; with an id, one run with its stages, why each was planned, what came of it, findings and warnings.",
    arguments: [new Argument("[id]", "a run, or the beginning of its id")],
    options: [
      new Option("--env <name>", "only this environment"),
      new Option("--limit <count>", "how many, newest first").argParser(wholeNumber(1)).default(20),
      projectOption(),
      json(),
    ],
    examples: [
      ["runs", "the last 20 runs, newest first"],
      ["runs 3f2a9c1e", "one run, stage by stage"],
    ],
    load: async () => (await import("./runs.ts")).runs,
  },
];

const environments: readonly VerbSpec[] = [
  {
    name: "promote",
    summary: "Bring one environment to what another publishes",
    description:
      "Brings an environment to the project and the data that another one publishes, in one release. Where it has newer data, what depends on that is built and audited first: data never goes back in time by promoting. Otherwise nothing is built. Exits with 1 when something failed or is held.",
    arguments: [
      new Argument("<from>", "the environment to take from, such as dev"),
      new Argument("<to>", "the environment to bring forward, such as prod"),
    ],
    options: [
      why(),
      new Option(
        "--plan",
        "say what would be done, and do nothing; exits with 2 when there is something to do",
      ),
      new Option("--all-or-nothing", "publish only if nothing failed"),
      projectOption(),
      json(),
    ],
    examples: [
      ["promote dev prod --plan", "what promoting would do"],
      ['promote dev prod --why "iteration two"', "release to prod what dev publishes"],
    ],
    load: async () => (await import("./promote.ts")).promote,
  },
  {
    name: "rollback",
    summary: "Go back to an earlier release, at once",
    description:
      "Publishes an earlier release again, as a new one: readers see the earlier data at once, nothing is built or lost.",
    options: [
      environment(),
      new Option(
        "--to <release>",
        "the release to go back to (default: the one before the current)",
      ).argParser(wholeNumber(1)),
      why(),
      projectOption(),
      json(),
    ],
    examples: [
      ["rollback", "one release back in dev"],
      ['rollback --env prod --to 12 --why "wrong prices"', "to a certain one"],
    ],
    load: async () => (await import("./rollback.ts")).rollback,
  },
];

const keeping: readonly VerbSpec[] = [
  {
    name: "doctor",
    summary: "Compare what the store says with what lies in storage",
    description:
      "Looks whether every recorded file is there and as it was, says which published data that touches, and what to do. Exits with 2 when something is missing or changed.",
    options: [
      new Option("--deep", "read every file and compare its checksum"),
      new Option("--repair", "give up versions whose files are lost: the next run builds them anew"),
      projectOption(),
      json(),
    ],
    examples: [
      ["doctor", "names and lengths: quick"],
      ["doctor --deep", "checksums too: reads everything"],
      ["doctor --repair", "and build anew, with the next run, what is lost"],
    ],
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "gc",
    summary: "Remove stored data that no kept release needs",
    description:
      "Says which stored data no kept release of any environment needs, no hold keeps and nobody reads, and removes it with --yes. Older releases stay in the history; they can no longer be read or gone back to. Exits with 2 when there is something to remove and --yes is not given.",
    options: [
      new Option("--keep <releases>", "how many of the newest releases of each environment stay readable")
        .argParser(wholeNumber(1))
        .default(30),
      new Option("-y, --yes", "remove it"),
      projectOption(),
      json(),
    ],
    examples: [
      ["gc", "what could be removed"],
      ["gc --keep 5 --yes", "remove all but the last five releases of each environment"],
    ],
    load: async () => (await import("./gc.ts")).gc,
  },
];

const reason = (text: string) => new Option("--why <text>", text).makeOptionMandatory();

const holding: readonly VerbSpec[] = [
  {
    name: "hold add",
    summary: "Keep a release, a dataset or a version from gc",
    description:
      "Keeps a release, everything of a dataset, or one version of it from gc until the hold is taken back. Who did so, when and why is recorded.",
    arguments: [
      new Argument("<what>", "a release (prod@12), a dataset (raw.orders) or a version (raw.orders@<id>)"),
    ],
    options: [reason("the reason; it is recorded"), projectOption(), json()],
    examples: [
      ['hold add prod@12 --why "audit of 2026"', "all that release 12 of prod publishes"],
      ['hold add raw.orders --why "case 4711"', "every version of raw.orders, also those to come"],
    ],
    load: async () => (await import("./hold.ts")).addHold,
  },
  {
    name: "hold ls",
    summary: "List what is held, by whom and why",
    options: [projectOption(), json()],
    examples: [["hold ls", "oldest first"]],
    load: async () => (await import("./hold.ts")).listHolds,
  },
  {
    name: "hold rm",
    summary: "Take a hold back",
    arguments: [new Argument("<id>", "the hold, or the beginning of its id")],
    options: [reason("the reason; it is recorded"), projectOption(), json()],
    examples: [['hold rm 3f2a9c1e --why "case closed"', "gc may remove again what no release needs"]],
    load: async () => (await import("./hold.ts")).removeHold,
  },
];

const copying: readonly VerbSpec[] = [
  {
    name: "state export",
    summary: "Write the project's whole truth into one file",
    description:
      "Writes the project's whole truth (versions, environments, releases, runs, events) into one file, as it is at one moment, while runs go on. The data itself lies in the storage and is not in it. The file is there whole or not at all.",
    arguments: [new Argument("<file>", "where to write; what is there is replaced")],
    options: [projectOption(), json()],
    examples: [["state export backup.ndjson.gz", "a copy to keep, or to move to another store"]],
    load: async () => (await import("./state.ts")).exportState,
  },
  {
    name: "state import",
    summary: "Make a file of state export the project's truth",
    description:
      "Makes a file of state export the project's truth, all at once, in the store that sluice.config.ts names. Refuses a state that is not empty, and a damaged file; then everything stays as it was.",
    arguments: [new Argument("<file>", "a file that state export wrote")],
    options: [new Option("--replace", "give up the truth that is there"), projectOption(), json()],
    examples: [
      ["state import backup.ndjson.gz", "into an empty state"],
      ["state import backup.ndjson.gz --replace", "in place of what is there"],
    ],
    load: async () => (await import("./state.ts")).importState,
  },
];

const about: readonly VerbSpec[] = [
  {
    name: "version",
    summary: "Print the versions of Sluice, its engine and Node",
    options: [json()],
    examples: [["version --json", "for a report"]],
    load: async () => (await import("./version.ts")).version,
  },
];

/** Of verbs with two words: what the first one is about. */
export const families: Readonly<Record<string, string>> = {
  hold: "Keep data from gc, whatever releases need",
  state: "Copy the project's truth into a file, and from one",
};

/** All verbs, by the heading under which help lists them. */
export const verbGroups: Readonly<Record<string, readonly VerbSpec[]>> = {
  "Start:": start,
  "Work:": work,
  "Look:": look,
  "Environments:": environments,
  "Keep:": [...keeping, ...holding, ...copying],
  "About:": about,
};
