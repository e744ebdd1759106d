/** What settings may be, for every kind of definition. Rules that need more than one setting are elsewhere. */
import * as z from "zod/mini";
import { hooksSchema } from "./read-hooks.ts";

export const text = z.string().check(z.minLength(1, "some text"));
export const optionalText = z.optional(text);
export const list = z.array(text);
export const number = z.number().check(z.refine((value) => Number.isFinite(value), "a finite number"));
const share = number.check(z.gte(0, "a share from 0 to 1"), z.lte(1, "a share from 0 to 1"));
export const count = z.int().check(z.gte(0));
// What is longer than a century or two leads to times that no clock and no database has.
const tooLong = /^(?:\d{11,}s|\d{9,}m|\d{7,}h|\d{6,}d|\d{5,}w)$/;
export const duration = z.string().check(
  z.regex(/^\d+(?:s|m|h|d|w)$/, 'a duration such as "90m", "6h" or "2d"'),
  z.refine((text) => !tooLong.test(text), "a duration of a century at most"),
);
export const severity = z.optional(z.enum(["warn", "stop"]));
export const value = z.union([text, number]);

const freshness = z.optional(z.strictObject({ warn: z.optional(duration), stop: z.optional(duration) }));

const columns = z.record(z.string(), z.unknown());
const checks = z.array(z.unknown());

const monitor = z.optional(z.enum(["off", "warn", "stop"]));
const columnMonitors = {
  nulls: monitor,
  blanks: monitor,
  distinct: monitor,
  top: monitor,
  mean: monitor,
  deviation: monitor,
  low: monitor,
  median: monitor,
  high: monitor,
  age: monitor,
  drift: monitor,
};
/** A word for all monitors of a dataset, or of a column. */
export const monitorWordSchema = z.enum(["off", "warn", "stop"]);
export const columnMonitorsSchema = z.strictObject(columnMonitors);
/** Of a dataset; what is set for its columns is read apart, so that a mistake is told where it is. */
export const monitorsSchema = z.strictObject({
  volume: monitor,
  schema: monitor,
  ...columnMonitors,
  columns: z.optional(z.record(z.string(), z.unknown())),
});

const described = { description: optionalText, owner: optionalText, story: optionalText };
const labelled = {
  ...described,
  tags: z.optional(list),
  renamedFrom: optionalText,
  odcs: z.optional(z.record(z.string(), z.unknown())),
  monitors: z.optional(z.unknown()),
};
const missing = z.optional(
  z.array(z.union([z.string(), number])).check(z.minLength(1, "at least one value")),
);

export const logicalTypes = [
  "text",
  "integer",
  "number",
  "decimal",
  "boolean",
  "date",
  "timestamp",
  "json",
] as const;

/** A path of the project. */
export const pathSchema = text.check(
  z.refine((source) => !source.startsWith("/") && !/^[A-Za-z]:/.test(source), "relative to the project"),
  z.refine((source) => !source.split(/[/\\]/).includes(".."), 'inside the project, without ".."'),
  z.refine((source) => !source.includes("\0"), "a path without NUL characters"),
);

export const filesSchema = z.strictObject({
  kind: z.literal("files"),
  patterns: z.array(pathSchema).check(z.minLength(1, "at least one pattern")),
  format: z.optional(z.enum(["csv", "ndjson", "json", "parquet"])),
  encoding: z.optional(z.enum(["utf-8", "utf-16", "latin-1"])),
  delimiter: z.optional(z.string().check(z.length(1, "one character"))),
  records: optionalText,
  onRemoved: z.optional(z.enum(["remove", "keep"])),
});

export const sourceSchema = z.strictObject({
  kind: z.literal("source"),
  ...labelled,
  from: z.optional(z.unknown()),
  contract: z.optional(pathSchema),
  columns: z.optional(columns),
  checks: z.optional(checks),
  quarantine: z.optional(z.strictObject({ warn: z.optional(share), stop: z.optional(share) })),
  freshness,
  missing,
});

const over = optionalText;

const materialized = z.optional(
  z.union(
    [
      z.enum(["full", "view", "append"]),
      z.strictObject({ append: z.strictObject({ over }) }),
      z.strictObject({
        interval: z.strictObject({
          by: text,
          grain: z.enum(["hour", "day", "week", "month"]),
          inputs: z.optional(z.record(z.string(), text)),
          lookback: z.optional(count),
          begin: optionalText,
        }),
      }),
      z.strictObject({ upsert: z.strictObject({ order: text, deleted: optionalText, over }) }),
    ],
    '"full", "view", "append", { interval: { by, grain } } or { upsert: { order } }',
  ),
);

/** A model's settings in the header of a SQL file. */
export const modelHeaderSchema = z.strictObject({
  ...labelled,
  materialized,
  columns: z.optional(columns),
  checks: z.optional(checks),
});

export const modelSchema = z.strictObject({
  kind: z.literal("model"),
  ...labelled,
  materialized,
  columns: z.optional(columns),
  checks: z.optional(checks),
  inputs: z.optional(z.record(z.string(), z.string())),
  sql: z.optional(z.string()),
  templates: z.optional(z.unknown()),
  rows: z.optional(z.literal(true, "a function")),
  query: z.optional(z.never("a function that returns sql`…`")),
});

const predicted = { dataset: text, prediction: text, actual: text };

/** By task. */
export const accuracySchemas = {
  classification: z.strictObject({
    task: z.literal("classification"),
    ...predicted,
    positive: z.optional(z.union([z.string(), number, z.boolean()])),
    score: optionalText,
  }),
  regression: z.strictObject({ task: z.literal("regression"), ...predicted }),
  ranking: z.strictObject({
    task: z.literal("ranking"),
    ...predicted,
    group: text,
    k: z.optional(z.int().check(z.gte(1))),
  }),
} as const;

export const consumerSchema = z.strictObject({
  kind: z.literal("consumer"),
  ...described,
  type: z.enum(["dashboard", "application", "ml-model", "person", "report"]),
  reads: z
    .array(
      z.union(
        [
          z.string(),
          z.strictObject({ dataset: text, columns: list.check(z.minLength(1, "at least one column")) }),
        ],
        'datasets, each with or without columns: { dataset: comments, columns: ["id"] }',
      ),
    )
    .check(z.minLength(1, "at least one dataset")),
  freshness,
  trainedOn: z.optional(z.record(z.string(), text)),
  accuracy: z.optional(z.unknown()),
});

export const storySchema = z.strictObject({
  title: text,
  priority: z.optional(number),
  iteration: z.optional(z.union([text, number])),
  owner: optionalText,
});

/** Names and passwords do not belong into a configuration; the token is in the environment. */
const lineageAddress = z
  .string()
  .check(
    z.regex(
      /^(?:file:.+|https?:\/\/[^\s@/]+(?:\/[^\s@]*)?)$/,
      '"file:<path>" or an address without a password',
    ),
  );

/** A directory, or a bucket. Other addresses are not mistaken for directories, and keys stay out of the configuration. */
const storageAddress = text.check(
  z.regex(
    /^(?![a-z][a-z\d+.-]*:\/\/)|^s3:\/\/[a-z\d][a-z\d.-]+[a-z\d](?:\/(?!\.{1,2}(?:\/|$))[^/?#@\\]+)*\/?$/i,
    "a directory, or s3://bucket/prefix (credentials are found in the environment)",
  ),
);

export const projectSchema = z.strictObject({
  kind: z.literal("project"),
  name: z.string().check(z.regex(/^[A-Za-z0-9][\w.-]*$/, 'a name of letters, digits, "-", "_" and "."')),
  storage: z.optional(storageAddress),
  state: optionalText,
  engine: z.optional(
    z.strictObject({
      memory: z.optional(
        z.string().check(z.regex(/^\d+(?:\.\d+)?\s*(?:[KMGT]i?B)$/i, 'an amount such as "512MB" or "3GB"')),
      ),
      workers: z.optional(z.int().check(z.gte(1))),
    }),
  ),
  publish: z.optional(z.enum(["good", "all"])),
  lineage: z.optional(z.strictObject({ openLineage: z.optional(lineageAddress) })),
  owner: optionalText,
  hooks: z.optional(hooksSchema),
  people: z.optional(z.record(z.string(), z.strictObject({ name: optionalText, email: optionalText }))),
});

/** Settings of one column. `type` may be left out where the engine infers it. */
export const columnSchema = z.strictObject({
  type: z.optional(z.enum(logicalTypes)),
  precision: z.optional(z.int().check(z.gte(1), z.lte(38))),
  scale: z.optional(z.int().check(z.gte(0), z.lte(38))),
  nullable: z.optional(z.boolean()),
  key: z.optional(z.boolean()),
  unique: z.optional(z.boolean()),
  min: z.optional(value),
  max: z.optional(value),
  minLength: z.optional(count),
  maxLength: z.optional(count),
  pattern: z.optional(text),
  oneOf: z.optional(z.array(z.union([z.string(), number])).check(z.minLength(1, "at least one value"))),
  tags: z.optional(list),
  description: optionalText,
  from: z.optional(list.check(z.minLength(1, "at least one name"))),
  format: z.optional(text),
  missing,
  unit: optionalText,
});
