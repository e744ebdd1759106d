/**
 * Every verb with its arguments, flags and examples, as data. The code of a verb is imported when it is asked
 * for, so that help, usage errors and documentation load nothing else.
 */
import { Argument, Option } from "commander";
import { contractVerbs } from "./contract-verbs.ts";
import { incidentVerbs } from "./incident-verbs.ts";
import { keepingVerbs } from "./keeping-verbs.ts";
import { lookingVerbs } from "./looking-verbs.ts";
import { quarantineVerbs } from "./quarantine-verbs.ts";
import { environment, json, projectOption, select, type VerbSpec, wholeNumber, why } from "./verb-spec.ts";

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
    name: "test",
    summary: "Run the tests of models and contracts: given rows, expected rows",
    description:
      "Builds models from the rows that tests in tests/ give, by the same code as a run, and compares what they hold with what is expected; sends the deliveries that tests of contracts make up through the gate. Touches neither data nor state. Exits with 1 when a test fails. With --watch it stays and runs the tests that a change touches, until Ctrl-C.",
    arguments: [
      new Argument(
        "[selection...]",
        "the datasets whose tests to run, as --select of run takes them (default: all)",
      ),
    ],
    options: [
      new Option(
        "--watch",
        "run what a change touches after every save; with --json, one document in each line",
      ),
      new Option("--update", "show what differs, then write it as what tests in YAML expect"),
      new Option("--timeout <seconds>", "how long one test may take").argParser(wholeNumber(1)).default(30),
      projectOption(),
      json(),
    ],
    examples: [
      ["test", "all tests"],
      ["test community.phrases+", "those of one model and of all that reads it"],
      ["test --watch", "again after every save, as far as it matters"],
      ["test community.phrases --update", "what it holds is what is expected from now on"],
    ],
    load: async () => (await import("./test.ts")).test,
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
  incidents: "What stops or threatens the flow, and what is done about it",
  hooks: "Who is told of incidents",
  monitors: "What is unusual, by what was published before",
  quarantine: "What contracts refused, and what becomes of it",
  contract: "What datasets promise, as documents of ODCS, and what a change of it breaks",
  hold: "Keep data from gc, whatever releases need",
  state: "Copy the project's truth into a file, and from one",
};

/** All verbs, by the heading under which help lists them. */
export const verbGroups: Readonly<Record<string, readonly VerbSpec[]>> = {
  "Start:": start,
  "Work:": work,
  "Look:": lookingVerbs,
  "Environments:": environments,
  "Incidents:": [...incidentVerbs, ...quarantineVerbs],
  "Contracts:": contractVerbs,
  "Keep:": keepingVerbs,
  "About:": about,
};
