import { Argument, Option } from "commander";
import { json, projectOption, type VerbSpec, wholeNumber } from "./verb-spec.ts";

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

/** Verbs about what is kept, and for how long. */
export const keepingVerbs: readonly VerbSpec[] = [...keeping, ...holding, ...copying];
