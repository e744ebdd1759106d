import { Argument, Option } from "commander";
import { environment, json, projectOption, type VerbSpec, wholeNumber } from "./verb-spec.ts";

const ofDataset = () => new Argument("<dataset>", "its name, such as raw.orders");

/** What is told to monitors. */
const feedback = (name: "expected" | "real", summary: string, description: string): VerbSpec => ({
  name: `monitors ${name}`,
  summary,
  description,
  arguments: [ofDataset()],
  options: [
    environment(),
    new Option(
      "--release <number>",
      "the release that is meant (default: the refused candidate, else the newest, also if rolled back since)",
    ).argParser(wholeNumber(1)),
    new Option("--why <text>", "the reason; it is remembered"),
    projectOption(),
    json(),
  ],
  examples: [
    [
      `monitors ${name} raw.orders --why "${name === "expected" ? "the new shop is open" : "half a file"}"`,
      summary,
    ],
  ],
  load: async () => {
    const verbs = await import("./monitors.ts");
    return name === "expected" ? verbs.expectedFeedback : verbs.realFeedback;
  },
});

const monitoring: readonly VerbSpec[] = [
  {
    name: "monitors ls",
    summary: "List what monitors say of every dataset",
    description:
      "Lists every dataset with what its monitors found in the newest release that moved it, whether they are still learning, whether a candidate is refused now, and whether it is late. Exits with 2 when any says something that nobody answered.",
    options: [environment(), projectOption(), json()],
    examples: [["monitors ls --env prod", "what is unusual in prod now"]],
    load: async () => (await import("./monitors.ts")).listMonitors,
  },
  {
    name: "monitors show",
    summary: "Show each monitor of a dataset with what it expects",
    arguments: [ofDataset()],
    options: [environment(), projectOption(), json()],
    examples: [["monitors show raw.orders", "values, limits, and how each was learnt"]],
    load: async () => (await import("./monitors.ts")).showMonitors,
  },
  feedback(
    "expected",
    "Tell monitors that a value was to be expected",
    "Says that the newest values of a dataset are as they should be. They become part of what its monitors expect, also as a new level, and a candidate that they refused is published by the next run.",
  ),
  feedback(
    "real",
    "Tell monitors that a value was really wrong",
    "Says that the newest values of a dataset are really wrong. They are no part of what its monitors expect.",
  ),
  {
    name: "monitors backtest",
    summary: "Replay what was published, and state the false-alarm rate",
    description:
      "Judges every release of the past by those before it alone, and says how often monitors would have cried wolf, for 1,000 judged values, and which of them.",
    arguments: [new Argument("[dataset]", "only this one (default: all)")],
    options: [environment(), projectOption(), json()],
    examples: [
      ["monitors backtest --env prod", "all datasets"],
      ["monitors backtest raw.orders", "one of them"],
    ],
    load: async () => (await import("./monitors.ts")).backtestMonitors,
  },
];

/** Verbs that only look. */
export const lookingVerbs: readonly VerbSpec[] = [
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
    name: "suggest",
    summary: "Suggest a contract and checks from what is published",
    description:
      "Looks at the published rows of a dataset and says what its definition could promise: keys, nulls, formats, types, values, ranges, references, with the evidence, as a change of its file. What is declared stays. Values of personal columns are not shown. Exits with 2 when there is something to add that was not written.",
    arguments: [ofDataset()],
    options: [
      environment(),
      new Option("--write", "change the file; it is put back where the project would not compile"),
      projectOption(),
      json(),
    ],
    examples: [
      ["suggest raw.orders", "the evidence, and what would be written"],
      ["suggest raw.orders --write", "write it"],
    ],
    load: async () => (await import("./suggest.ts")).suggest,
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
  ...monitoring,
];
