import type * as z from "zod/mini";
import type { FilesOrigin } from "../define/source.ts";
import type { Diagnostic } from "../errors.ts";
import type { DatasetId } from "../graph/graph.ts";
import { nextToken, trimQuery } from "../sql/scan-sql.ts";
import { readChecks } from "./checks.ts";
import { readColumns } from "./columns.ts";
import type { DefinitionPath } from "./definition-path.ts";
import type { DefinitionFile, TemplatePieces } from "./definitions.ts";
import type { ConsumerDraft, Draft, ModelDraft, QueryDraft, SourceDraft, StoryDraft } from "./draft.ts";
import { readSqlHeader, readStoryHeader } from "./header.ts";
import { readAccuracy } from "./ml-models.ts";
import { readMonitors } from "./monitors.ts";
import { type Place, placeAt } from "./place.ts";
import {
  consumerSchema,
  filesSchema,
  modelHeaderSchema,
  modelSchema,
  sourceSchema,
  storySchema,
} from "./schemas.ts";
import { contractSettings, takeContract } from "./read-contract.ts";
import { moduleSettings } from "./settings.ts";
import { placeInTemplate } from "./template-place.ts";
import { Mistakes, show, validate } from "./validate.ts";

type ModuleFile = Extract<DefinitionFile, { kind: "module" }>;
type TextFile = Exclude<DefinitionFile, { kind: "module" }>;

/** Read one definition. A draft may come with mistakes: what could be read is still of use to others. */
export function readDefinition(
  file: DefinitionFile,
  { role, name }: DefinitionPath,
): { readonly draft?: Draft; readonly diagnostics: readonly Diagnostic[] } {
  if (file.kind === "sql") return readSqlModel(file, name);
  if (file.kind === "story") return readStory(file, name);
  const mistakes = new Mistakes(moduleSettings(file.path, file.text, file.value));
  const draft = readModule(file, role, name, mistakes);
  return { ...(draft === undefined ? {} : { draft }), diagnostics: mistakes.diagnostics };
}

function readModule(file: ModuleFile, role: string, name: string, mistakes: Mistakes): Draft | undefined {
  if (file.value.kind !== role) {
    const found = file.value.kind === "none" ? "has no default export" : `exports a ${file.value.kind}`;
    const suggestion = `write "export default ${role}({ … })"`;
    mistakes.add("no-definition", [], `this file must define a ${role}, but it ${found}`, { suggestion });
    return undefined;
  }
  if (role === "source") return readSource(file, name, mistakes);
  return role === "model" ? readModel(file, name, mistakes) : readConsumer(file, name, mistakes);
}

function readSource(file: ModuleFile, id: DatasetId, mistakes: Mistakes): SourceDraft {
  const settings = takeFromContract(
    file,
    id,
    validate(sourceSchema, file.value, mistakes) ?? { kind: "source" },
    mistakes,
  );
  const {
    from: origin,
    columns,
    checks = [],
    quarantine,
    freshness,
    monitors,
    missing,
    tags = [],
    kind: _,
    contract: __,
    ...described
  } = settings;
  const limits = { warn: quarantine?.warn ?? 0, stop: quarantine?.stop ?? 0.05 };
  if (limits.warn > limits.stop) {
    mistakes.add(
      "bad-setting",
      ["quarantine", "warn"],
      '"quarantine.warn" is more than "quarantine.stop", so it can never warn',
    );
  }
  const from = readOrigin(origin, mistakes);
  if (file.value["contract"] === undefined && (columns === undefined || Object.keys(columns).length === 0)) {
    const suggestion = 'write "columns: { id: t.text().key(), … }"';
    mistakes.add("bad-setting", ["columns"], "a source promises its columns, but there are none", {
      suggestion,
    });
  }
  const drafts = readColumns(columns ?? {}, mistakes, {
    nullable: false,
    role: "source",
    missing,
  });
  return {
    kind: "source",
    id,
    file,
    mistakes,
    ...described,
    ...readMonitors(monitors, mistakes),
    tags,
    ...(from === undefined ? {} : { from }),
    ...(drafts.length === 0 ? {} : { columns: drafts }),
    checks: readChecks(checks, mistakes),
    quarantine: limits,
    ...(freshness === undefined ? {} : { freshness }),
  };
}

type SourceSettings = NonNullable<z.output<typeof sourceSchema>>;

/** What a source says, with what its document says of it: neither repeats the other, so that none can be wrong. */
function takeFromContract(
  { contract, value }: ModuleFile,
  id: DatasetId,
  settings: SourceSettings,
  mistakes: Mistakes,
): SourceSettings {
  if (contract === undefined) return settings;
  const refuse = (name: string): void =>
    mistakes.add("bad-setting", [name], `"${name}" is said by the contract "${contract.path}"`, {
      suggestion: "say it there only",
    });
  if (value["columns"] !== undefined) refuse("columns");
  const taken = takeContract(contract, id, mistakes);
  const { columns: _, ...own } = settings;
  if (taken === undefined) return own;
  mistakes.settings = contractSettings(mistakes.settings, contract.path, taken);
  const { from, ...about } = taken.about;
  for (const name of Object.keys(about)) if (Object.hasOwn(own, name)) refuse(name);
  if (Object.keys(taken.columns).length === 0) {
    const suggestion = "give its table properties";
    mistakes.add("bad-contract", ["columns"], "a source promises its columns, but there are none", {
      suggestion,
    });
  }
  return {
    from,
    ...about,
    ...own,
    columns: taken.columns,
    checks: [...taken.checks, ...(own.checks ?? [])],
    ...(taken.odcs === undefined ? {} : { odcs: { ...taken.odcs } }),
  };
}

function readOrigin(
  origin: unknown,
  mistakes: Mistakes,
): FilesOrigin | { readonly kind: "generator" } | undefined {
  const kind = typeof origin === "object" && origin !== null && "kind" in origin ? origin.kind : undefined;
  if (kind === "generator") return { kind };
  if (kind === "files") return validate(filesSchema, origin, mistakes, ["from"]);
  const suggestion = 'write from: files("landing/**/*.csv") or from: generator(…)';
  const message =
    origin === undefined
      ? '"from" is missing'
      : `"from" must be files(…) or generator(…), not ${show(origin)}`;
  mistakes.add("bad-setting", ["from"], message, { suggestion });
  return undefined;
}

function readModel(file: ModuleFile, id: DatasetId, mistakes: Mistakes): ModelDraft {
  const settings = validate(modelSchema, file.value, mistakes);
  const {
    columns,
    checks = [],
    monitors,
    tags = [],
    kind: _,
    inputs = {},
    sql,
    templates,
    rows,
    ...described
  } = settings ?? {};
  if (sql === undefined && rows === undefined) {
    mistakes.add("sql-empty", [], 'a model needs "query" or "rows"');
  }
  if (rows === true && (columns === undefined || Object.keys(columns).length === 0)) {
    mistakes.add("bad-setting", ["rows"], 'a model with "rows" must declare its columns', { part: "name" });
  }
  const query: QueryDraft | undefined =
    sql === undefined
      ? undefined
      : {
          sql: trimQuery(sql),
          placeOf: (position, length) =>
            placeInTemplate(file.text, (templates ?? []) as readonly TemplatePieces[], position, length) ??
            mistakes.settings.placeOf(["query"]) ?? { line: 1, column: 1 },
        };
  return {
    kind: "model",
    id,
    file,
    mistakes,
    ...described,
    ...readMonitors(monitors, mistakes),
    tags,
    ...(columns === undefined
      ? {}
      : { columns: readColumns(columns, mistakes, { nullable: false, role: "model" }) }),
    checks: readChecks(checks, mistakes),
    ...(query === undefined ? {} : { query }),
    computed: rows === true,
    aliases: inputs,
  };
}

function readSqlModel(
  file: TextFile,
  id: DatasetId,
): { readonly draft?: Draft; readonly diagnostics: readonly Diagnostic[] } {
  const { settings, bodyStart, diagnostics } = readSqlHeader(file.path, file.text);
  const mistakes = new Mistakes(settings);
  mistakes.diagnostics.push(...diagnostics);
  const header = validate(modelHeaderSchema, settings.value, mistakes);
  const { columns, checks = [], monitors, tags = [], ...described } = header ?? {};
  const rest = file.text.slice(bodyStart);
  const start = bodyStart + (rest.length - rest.trimStart().length);
  const sql = trimQuery(file.text.slice(start));
  const placeOf = (position: number | undefined, length: number | undefined): Place =>
    placeAt(file.text, start + (position ?? 0), position === undefined ? undefined : length);
  const empty = nextToken(sql, 0) === undefined;
  // A header that does not end has swallowed the query; that is said already.
  if (empty && !(diagnostics.length > 0 && bodyStart === file.text.length)) {
    mistakes.diagnostics.push({
      code: "sql-empty",
      severity: "error",
      message: "the model has no query",
      path: file.path,
      ...placeAt(file.text, bodyStart),
      suggestion: "write a SELECT",
    });
  }
  const draft: ModelDraft = {
    kind: "model",
    id,
    file,
    mistakes,
    ...described,
    ...readMonitors(monitors, mistakes),
    tags,
    ...(columns === undefined
      ? {}
      : { columns: readColumns(columns, mistakes, { nullable: true, role: "model" }) }),
    checks: readChecks(checks, mistakes),
    ...(empty ? {} : { query: { sql, placeOf } }),
    computed: false,
    aliases: {},
  };
  return { draft, diagnostics: mistakes.diagnostics };
}

function readConsumer(file: ModuleFile, name: string, mistakes: Mistakes): ConsumerDraft | undefined {
  const settings = validate(consumerSchema, file.value, mistakes);
  if (settings === undefined) return undefined;
  const { kind, reads, accuracy, ...rest } = settings;
  return {
    kind,
    node: { name, path: file.path, ...rest, ...readAccuracy(accuracy, mistakes) },
    reads: reads.map((read) => (typeof read === "string" ? { dataset: read } : read)),
    mistakes,
  };
}

function readStory(
  file: TextFile,
  id: string,
): { readonly draft?: StoryDraft; readonly diagnostics: readonly Diagnostic[] } {
  const { settings, bodyStart, diagnostics } = readStoryHeader(file.path, file.text);
  const mistakes = new Mistakes(settings);
  mistakes.diagnostics.push(...diagnostics);
  const header = diagnostics.length > 0 ? undefined : validate(storySchema, settings.value, mistakes);
  // The story exists, whatever is wrong with it: those who refer to it make no mistake.
  const { title = id, iteration, ...rest } = header ?? {};
  const node = {
    id,
    path: file.path,
    title,
    ...rest,
    ...(iteration === undefined ? {} : { iteration: String(iteration) }),
    text: file.text.slice(bodyStart).trim(),
  };
  return { draft: { kind: "story", node, mistakes }, diagnostics: mistakes.diagnostics };
}
