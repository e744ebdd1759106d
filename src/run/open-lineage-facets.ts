/** What Sluice knows of a dataset or a job, as facets of OpenLineage. Pure: documents in, documents out. */
import type { DatasetId, DatasetNode, Graph, ModelNode } from "../graph/graph.ts";
import type { DirectSource, IndirectSource } from "../graph/lineage.ts";
import type { Version } from "../graph/version.ts";
import type { CheckResult } from "../quality/verdict.ts";

/** Who says it, and about which project and environment. */
export interface LineageContext {
  readonly graph: Graph;
  readonly environment: string;
  /** The namespace of jobs. */
  readonly namespace: string;
  /** A URI that names the program and its version. */
  readonly producer: string;
  /** The project's directory, absolute. */
  readonly root: string;
  /** Columns whose values are told to nobody. */
  readonly personal: ReadonlyMap<DatasetId, ReadonlySet<string>>;
}

/** A facet: an object that says who made it and which schema it follows. */
export type Facet = Readonly<Record<string, unknown>> & {
  readonly _producer: string;
  readonly _schemaURL: string;
};

export type Facets = Readonly<Record<string, Facet>>;

/** A dataset as events name it: the environment is part of its name, as a database is of a table's. */
export interface DatasetName {
  readonly namespace: string;
  readonly name: string;
}

export const datasetName = ({ graph, environment }: LineageContext, dataset: string): DatasetName => ({
  namespace: `sluice://${graph.project.name}`,
  name: `${environment}.${dataset}`,
});

/** A facet by the name and version of its published schema. */
export function facet(
  { producer }: LineageContext,
  schema: string,
  version: string,
  content: Readonly<Record<string, unknown>>,
): Facet {
  const url = `https://openlineage.io/spec/facets/${version}/${schema}.json#/$defs/${schema}`;
  return { _producer: producer, _schemaURL: url, ...content };
}

/** Leave out what there is nothing to say about. */
export function facets(all: Readonly<Record<string, Facet | undefined>>): Facets {
  return Object.fromEntries(Object.entries(all).flatMap(([name, one]) => (one ? [[name, one]] : [])));
}

/** Everything about a dataset that its definition says. */
export function definedFacets(context: LineageContext, node: DatasetNode): Facets {
  const { description, owner } = node;
  const tags = [
    ...node.tags.map((tag) => ({ key: tag, value: "true", source: "SLUICE" })),
    ...node.columns.flatMap(({ name, declared }) =>
      (declared?.tags ?? []).map((tag) => ({ key: tag, value: "true", source: "SLUICE", field: name })),
    ),
  ];
  return facets({
    schema: facet(context, "SchemaDatasetFacet", "1-2-0", {
      fields: node.columns.map(({ name, engineType, declared }, index) => ({
        name,
        type: engineType,
        ordinal_position: index + 1,
        ...(declared?.description === undefined ? {} : { description: declared.description }),
      })),
    }),
    dataSource: facet(context, "DatasourceDatasetFacet", "1-0-1", {
      name: context.graph.project.name,
      uri: datasetName(context, node.id).namespace,
    }),
    documentation:
      description === undefined
        ? undefined
        : facet(context, "DocumentationDatasetFacet", "1-1-0", { description, contentType: "text/plain" }),
    ownership:
      owner === undefined
        ? undefined
        : facet(context, "OwnershipDatasetFacet", "1-0-1", { owners: [{ name: owner, type: "OWNER" }] }),
    tags: tags.length === 0 ? undefined : facet(context, "TagsDatasetFacet", "1-0-0", { tags }),
  });
}

const numeric = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(.*|FLOAT|DOUBLE)$/;

/** What is known of one content of a dataset. Limits are told of numbers only, and of no personal data. */
export function versionFacets(context: LineageContext, version: Version): Facets {
  const limit = (engineType: string, name: string, text: string | undefined): number | undefined => {
    const value = Number(text);
    const isTold =
      text !== undefined &&
      numeric.test(engineType) &&
      context.personal.get(version.dataset)?.has(name) !== true;
    return isTold && Number.isFinite(value) ? value : undefined;
  };
  // What is only known to be at most so much is no measurement.
  const measured = version.columns.filter(({ loose }) => loose === undefined);
  const columnMetrics = measured.map(({ name, engineType, nulls, min, max }) => [
    name,
    { nullCount: nulls, min: limit(engineType, name, min), max: limit(engineType, name, max) },
  ]);
  return {
    version: facet(context, "DatasetVersionDatasetFacet", "1-0-1", { datasetVersion: version.id }),
    dataQualityMetrics: facet(context, "DataQualityMetricsDatasetFacet", "1-0-0", {
      rowCount: version.rows,
      bytes: version.bytes,
      fileCount: version.files.length,
      lastUpdated: version.createdAt,
      columnMetrics: Object.fromEntries(columnMetrics),
    }),
  };
}

const subtypes = {
  identity: "IDENTITY",
  expression: "TRANSFORMATION",
  aggregate: "AGGREGATION",
  filter: "FILTER",
  join: "JOIN",
  group: "GROUP_BY",
  window: "WINDOW",
  order: "SORT",
} as const;

/**
 * Where a model's columns come from. A column that is not proven is left out: to readers of events that means
 * unknown, which it is.
 */
export function columnLineageFacet(context: LineageContext, node: ModelNode): Facet | undefined {
  const { lineage } = node;
  if (!lineage) return undefined;
  const proven = lineage.columns.filter((column) => column.proven);
  const fields = proven.map(({ column, direct, indirect }) => [
    column,
    { inputFields: inputFields(context, [...direct, ...indirect]) },
  ]);
  return facet(context, "ColumnLineageDatasetFacet", "1-2-0", {
    fields: Object.fromEntries(fields),
    ...(proven.length < lineage.columns.length ? {} : { dataset: inputFields(context, lineage.rows) }),
  });
}

/** One entry for each column, with all the ways in which it comes in. */
function inputFields(context: LineageContext, sources: readonly (DirectSource | IndirectSource)[]) {
  const byColumn = Map.groupBy(sources, ({ dataset, column }) => JSON.stringify([dataset, column]));
  return [...byColumn.values()].flatMap((ways) => {
    const [first] = ways;
    if (!first) return [];
    const transformations = ways.map((way) => ({
      type: "kind" in way ? "DIRECT" : "INDIRECT",
      subtype: subtypes["kind" in way ? way.kind : way.by],
      description: "",
      masking: false,
    }));
    return [{ ...datasetName(context, first.dataset), field: first.column, transformations }];
  });
}

/** What checks found: severities, limits and counts, never rows. */
export function assertionsFacet(
  context: LineageContext,
  node: DatasetNode,
  results: readonly CheckResult[],
): Facet {
  const columns = new Map(
    node.checks.flatMap((check) => ("column" in check ? [[check.name, check.column] as const] : [])),
  );
  return facet(context, "DataQualityAssertionsDatasetFacet", "1-1-0", {
    assertions: results.map(({ name, check, severity, passed, value }) => ({
      assertion: check,
      name,
      success: passed,
      severity: severity === "stop" ? "error" : "warn",
      actual: String(value),
      ...(columns.has(name) ? { column: columns.get(name) } : {}),
    })),
  });
}

/** What a job is and does. */
export function jobFacets(context: LineageContext, node: DatasetNode): Facets {
  const { description, owner } = node;
  return facets({
    jobType: jobType(context, node.kind === "source" ? "SOURCE" : "MODEL"),
    sql:
      node.kind === "model" && node.by.kind === "sql"
        ? facet(context, "SQLJobFacet", "1-1-0", { query: node.by.sql, dialect: "duckdb" })
        : undefined,
    documentation:
      description === undefined
        ? undefined
        : facet(context, "DocumentationJobFacet", "1-1-0", { description, contentType: "text/plain" }),
    ownership:
      owner === undefined
        ? undefined
        : facet(context, "OwnershipJobFacet", "1-0-1", { owners: [{ name: owner, type: "OWNER" }] }),
  });
}

export const jobType = (context: LineageContext, kind: "RUN" | "SOURCE" | "MODEL" | "CHECKS"): Facet =>
  facet(context, "JobTypeJobFacet", "2-0-4", {
    processingType: "BATCH",
    integration: "SLUICE",
    jobType: kind,
  });
