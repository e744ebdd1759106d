import { Argument, Option } from "commander";
import { environment, json, projectOption, type VerbSpec, wholeNumber } from "./verb-spec.ts";

const dataset = () => new Argument("<dataset>", "the source");
const reason = (text: string) =>
  new Option("--reason <reason>", `${text}; the name of a column means every reason about it`);

/** Verbs about what contracts refused. */
export const quarantineVerbs: readonly VerbSpec[] = [
  {
    name: "quarantine ls",
    summary: "List what contracts refused, by reason",
    description:
      "Lists what the contracts of sources refused, by dataset, version and reason: in what is published, and in deliveries that were refused as a whole.",
    arguments: [new Argument("[dataset]", "only of this source (default: all)")],
    options: [environment(), projectOption(), json()],
    examples: [
      ["quarantine ls", "of every source, in dev"],
      ["quarantine ls raw.orders --env prod", "of one"],
    ],
    load: async () => (await import("./quarantine.ts")).listQuarantine,
  },
  {
    name: "quarantine show",
    summary: "Show refused records, with reasons and place",
    description:
      "Shows refused records as they came, with file, position and reasons. What may be personal data by the published contract is not shown.",
    arguments: [dataset()],
    options: [
      environment(),
      reason("only records that were refused for this"),
      new Option("--candidate", "of the delivery that was refused as a whole"),
      new Option("-n, --limit <count>", "how many at most").argParser(wholeNumber(1)).default(20),
      projectOption(),
      json(),
    ],
    examples: [
      ["quarantine show raw.orders", "the first twenty"],
      ["quarantine show raw.orders --reason quantity", "what was wrong with quantities"],
    ],
    load: async () => (await import("./quarantine.ts")).showQuarantine,
  },
  {
    name: "quarantine replay",
    summary: "Read refused records again after a repair, and say what became of them",
    description:
      "After the contract or a file was repaired: reads the source again under today's contract and builds what depends on it, in an ordinary run, and says what became of the records that had been refused. Exits as run does.",
    arguments: [dataset()],
    options: [
      environment(),
      new Option("--why <text>", "the reason, kept in the history of releases"),
      projectOption(),
      new Option("--json", "print the lines of run --json; the last one is what became of the records"),
    ],
    examples: [["quarantine replay raw.orders", "after quantities may be empty"]],
    load: async () => (await import("./quarantine.ts")).replayQuarantine,
  },
  {
    name: "quarantine drop",
    summary: "Accept that refused records are lost",
    description:
      "Accepts that refused records of what is published are lost, with who did so and why. They stay in the quarantine of a new version, as dropped, and gates on what is refused no longer count them. Nothing that readers see changes.",
    arguments: [dataset()],
    options: [
      environment(),
      reason("only records that were refused for this"),
      new Option("--why <text>", "the reason; it is recorded").makeOptionMandatory(),
      projectOption(),
      json(),
    ],
    examples: [['quarantine drop raw.orders --reason quantity --why "test orders"', "one kind of them"]],
    load: async () => (await import("./quarantine.ts")).dropQuarantine,
  },
];
