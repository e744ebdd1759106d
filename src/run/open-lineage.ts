/**
 * Events of OpenLineage about a run: one job for the run, one for each dataset it worked on, one for the checks
 * of each. Pure: documents in, documents out. A dataset's COMPLETE means that it is published.
 */
import { createHash } from "node:crypto";
import type { DatasetId, DatasetNode } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import type { CheckResult } from "../quality/verdict.ts";
import {
  assertionsFacet,
  columnLineageFacet,
  type DatasetName,
  datasetName,
  definedFacets,
  type Facet,
  facet,
  type Facets,
  facets,
  jobFacets,
  jobType,
  type LineageContext,
  versionFacets,
} from "./open-lineage-facets.ts";

/** One event. Times are ISO 8601 in UTC. */
export interface LineageEvent {
  readonly eventType: "START" | "COMPLETE" | "ABORT" | "FAIL";
  readonly eventTime: string;
  readonly run: { readonly runId: string; readonly facets: Facets };
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: Facets };
  readonly inputs: readonly (DatasetName & { readonly facets?: Facets; readonly inputFacets?: Facets })[];
  readonly outputs: readonly (DatasetName & { readonly facets?: Facets; readonly outputFacets?: Facets })[];
  readonly producer: string;
  readonly schemaURL: string;
}

/** A run as its events need it. */
export interface LineageRun extends LineageContext {
  readonly runId: string;
  readonly startedAt: string;
  /** Name and version of the engine, such as `duckdb 1.5`. */
  readonly engine: string;
}

/** How a run, or its work on one dataset, came out. */
export interface LineageEnd {
  readonly at: string;
  readonly type: "COMPLETE" | "ABORT" | "FAIL";
  /** Why it failed or was given up. */
  readonly message?: string;
}

/** The same name of the same run gives the same id; in the form of a UUID, as the specification wants it. */
export function childRunId(runId: string, name: string): string {
  const hash = createHash("sha256").update(`${runId}\n${name}`).digest("hex");
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

interface EventParts {
  readonly type: LineageEvent["eventType"];
  readonly at: string;
  readonly runId: string;
  readonly job: string;
  readonly jobFacets: Facets;
  readonly runFacets?: Readonly<Record<string, Facet | undefined>>;
  readonly inputs?: LineageEvent["inputs"];
  readonly outputs?: LineageEvent["outputs"];
}

function event(run: LineageRun, parts: EventParts): LineageEvent {
  return {
    eventType: parts.type,
    eventTime: parts.at,
    run: {
      runId: parts.runId,
      facets: facets({
        nominalTime: facet(run, "NominalTimeRunFacet", "1-0-1", { nominalStartTime: run.startedAt }),
        processing_engine: facet(run, "ProcessingEngineRunFacet", "1-1-1", {
          name: run.engine.split(" ")[0] ?? run.engine,
          version: run.engine.split(" ")[1] ?? "",
        }),
        ...parts.runFacets,
      }),
    },
    job: { namespace: run.namespace, name: parts.job, facets: parts.jobFacets },
    inputs: parts.inputs ?? [],
    outputs: parts.outputs ?? [],
    producer: run.producer,
    schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
  };
}

const errorFacet = (run: LineageRun, message: string | undefined, node?: DatasetNode): Facet | undefined => {
  const programmingLanguage = node?.kind === "model" && node.by.kind === "sql" ? "SQL" : "TypeScript";
  return message === undefined
    ? undefined
    : facet(run, "ErrorMessageRunFacet", "1-0-1", { message, programmingLanguage });
};

/** Which run of which job a child belongs to. */
const parentFacet = (run: LineageRun): Facet =>
  facet(run, "ParentRunFacet", "1-2-0", {
    run: { runId: run.runId },
    job: { namespace: run.namespace, name: run.environment },
    root: { run: { runId: run.runId }, job: { namespace: run.namespace, name: run.environment } },
  });

const runParts = (run: LineageRun) => ({
  runId: run.runId,
  job: run.environment,
  jobFacets: { jobType: jobType(run, "RUN") },
});

const tagsFacet = (run: LineageRun, tags: Readonly<Record<string, string>>): Facet =>
  facet(run, "TagsRunFacet", "1-0-0", {
    tags: Object.entries(tags).map(([key, value]) => ({ key, value, source: "SLUICE" })),
  });

/** The run begins. */
export const runStarted = (run: LineageRun): LineageEvent =>
  event(run, {
    ...runParts(run),
    type: "START",
    at: run.startedAt,
    runFacets: { tags: tagsFacet(run, { environment: run.environment }) },
  });

/** The run is over; `release` is what it published. */
export function runEnded(run: LineageRun, end: LineageEnd, release: number | undefined): LineageEvent {
  const tags = {
    environment: run.environment,
    ...(release === undefined ? {} : { release: String(release) }),
  };
  return event(run, {
    ...runParts(run),
    type: end.type,
    at: end.at,
    runFacets: { tags: tagsFacet(run, tags), errorMessage: errorFacet(run, end.message) },
  });
}

const datasetParts = (run: LineageRun, node: DatasetNode) => ({
  runId: childRunId(run.runId, node.id),
  job: `${run.environment}.${node.id}`,
  jobFacets: jobFacets(run, node),
});

/** Work on a dataset begins. */
export const datasetStarted = (run: LineageRun, node: DatasetNode, at: string): LineageEvent =>
  event(run, {
    ...datasetParts(run, node),
    type: "START",
    at,
    runFacets: { parent: parentFacet(run) },
    inputs: inputsOf(run, node, new Map()),
    outputs: [{ ...datasetName(run, node.id), facets: definedFacets(run, node) }],
  });

/** Work on a dataset is over. `versions` are those that its inputs and itself now stand at. */
export function datasetEnded(
  run: LineageRun,
  node: DatasetNode,
  end: LineageEnd,
  versions: ReadonlyMap<DatasetId, Version>,
): LineageEvent {
  const version = end.type === "COMPLETE" ? versions.get(node.id) : undefined;
  const lineage = node.kind === "model" ? columnLineageFacet(run, node) : undefined;
  const output = {
    ...datasetName(run, node.id),
    facets: {
      ...definedFacets(run, node),
      ...(lineage ? { columnLineage: lineage } : {}),
      ...(version ? versionFacets(run, version) : {}),
    },
    ...(version ? { outputFacets: { outputStatistics: statistics(run, version) } } : {}),
  };
  return event(run, {
    ...datasetParts(run, node),
    type: end.type,
    at: end.at,
    runFacets: { parent: parentFacet(run), errorMessage: errorFacet(run, end.message, node) },
    inputs: inputsOf(run, node, versions),
    outputs: [output],
  });
}

const statistics = (run: LineageRun, { rows, bytes, files }: Version): Facet =>
  facet(run, "OutputStatisticsOutputDatasetFacet", "1-0-2", {
    rowCount: rows,
    size: bytes,
    fileCount: files.length,
  });

/** What a model reads, or where a source's landing files lie. */
function inputsOf(
  run: LineageRun,
  node: DatasetNode,
  versions: ReadonlyMap<DatasetId, Version>,
): LineageEvent["inputs"] {
  if (node.kind === "source") {
    if (node.from.kind !== "files") return [];
    const places = new Set(node.from.patterns.map((pattern) => landingPlace(run.root, pattern)));
    return [...places].map((name) => ({ namespace: "file", name }));
  }
  return node.inputs.map((input) => {
    const version = versions.get(input);
    const known =
      version && facet(run, "DatasetVersionDatasetFacet", "1-0-1", { datasetVersion: version.id });
    return { ...datasetName(run, input), ...(known ? { facets: { version: known } } : {}) };
  });
}

/** The part of a pattern that is no pattern: the directory under which its files lie, or the one file. */
function landingPlace(root: string, pattern: string): string {
  const parts = pattern.split("/");
  const wild = parts.findIndex((part) => /[*?[\]{}]/.test(part));
  return [root, ...(wild < 0 ? parts : parts.slice(0, wild))].join("/");
}

/** A dataset left the project: the environment no longer has it. */
export function datasetDropped(run: LineageRun, dataset: DatasetId, at: string): LineageEvent[] {
  const dropped = facet(run, "LifecycleStateChangeDatasetFacet", "1-0-1", { lifecycleStateChange: "DROP" });
  const parts = {
    runId: childRunId(run.runId, dataset),
    job: `${run.environment}.${dataset}`,
    jobFacets: {},
    at,
    runFacets: { parent: parentFacet(run) },
    outputs: [{ ...datasetName(run, dataset), facets: { lifecycleStateChange: dropped } }],
  };
  return [event(run, { ...parts, type: "START" }), event(run, { ...parts, type: "COMPLETE" })];
}

/** The checks of a version: a job that reads it and says what it found, also of a version that was refused. */
export function checksRun(
  run: LineageRun,
  node: DatasetNode,
  version: Version,
  results: readonly CheckResult[],
  at: string,
): LineageEvent[] {
  if (results.length === 0) return [];
  const known = facet(run, "DatasetVersionDatasetFacet", "1-0-1", { datasetVersion: version.id });
  const parts = {
    runId: childRunId(run.runId, `${node.id} checks`),
    job: `${run.environment}.${node.id}.checks`,
    jobFacets: { jobType: jobType(run, "CHECKS") },
    at,
    runFacets: { parent: parentFacet(run) },
    inputs: [
      {
        ...datasetName(run, node.id),
        facets: { version: known },
        inputFacets: { dataQualityAssertions: assertionsFacet(run, node, results) },
      },
    ],
  };
  return [event(run, { ...parts, type: "START", inputs: [] }), event(run, { ...parts, type: "COMPLETE" })];
}
