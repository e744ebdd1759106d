import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { availableParallelism } from "node:os";
import { stringify } from "yaml";
import { type ModelDefinition, type NamedCheck, checksOf, datasetsIn } from "../generate/model-definition.ts";
import { referenced } from "../generate/check-sql.ts";

/** A raw table: how the engine reads it where it lies. */
export interface PeerSource {
  /** `schema.name` */
  readonly name: string;
  /** A table function, such as `read_csv('…')`. */
  readonly read: string;
}

/** dbt's name of a dataset: unique in the project, with the schema in it. */
export const dbtName = (dataset: string): string => dataset.replace(".", "__");

/** dbt's name of a check. */
export const dbtTestName = (id: string): string =>
  id.replaceAll(/[^A-Za-z0-9]+/g, "_").replaceAll(/^_|_$/g, "");

/**
 * Write a project as dbt's documentation has it: sources read where they lie, every model a table, the
 * built-in generic tests where they exist and custom generic tests where they do not.
 */
export async function writeDbtProject(
  directory: string,
  models: readonly ModelDefinition[],
  sources: readonly PeerSource[],
): Promise<void> {
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  await write(
    "dbt_project.yml",
    stringify({
      name: "bench",
      version: "1.0.0",
      profile: "bench",
      "model-paths": ["models"],
      models: { bench: { "+materialized": "table" } },
      flags: { send_anonymous_usage_stats: false },
    }),
  );
  // Four threads is dbt's own advice; the engine uses every core inside each query.
  const target = { type: "duckdb", path: "warehouse.duckdb", threads: Math.max(4, availableParallelism()) };
  await write("profiles.yml", stringify({ bench: { target: "local", outputs: { local: target } } }));
  await write("models/sources.yml", stringify(sourcesFile(sources)));
  await write("tests/generic/generic.sql", genericTests);
  const known = [...models.map((model) => model.name), ...sources.map((source) => source.name)];
  for (const model of models) {
    await write(dbtModelPath(model.name), `${dbtSql(model.sql, known, sources)}\n`);
    const tests = { models: [{ name: dbtName(model.name), data_tests: checksOf(model).map(dbtTest) }] };
    await write(dbtModelPath(model.name).replace(/\.sql$/, ".yml"), stringify(tests));
  }
}

/** Where dbt finds a model. */
export const dbtModelPath = (dataset: string): string =>
  `models/${dataset.split(".")[0] ?? ""}/${dbtName(dataset)}.sql`;

/** A query with every dataset it names as dbt's `ref` or `source`. */
export function dbtSql(sql: string, known: readonly string[], sources: readonly PeerSource[]): string {
  return datasetsIn(sql, known).reduce((text, name) => {
    const [schema = "", table = ""] = name.split(".");
    const call = sources.some((source) => source.name === name)
      ? `source('${schema}', '${table}')`
      : `ref('${dbtName(name)}')`;
    return text.replaceAll(new RegExp(`\\b${schema}\\.${table}\\b`, "g"), `{{ ${call} }}`);
  }, sql);
}

function sourcesFile(sources: readonly PeerSource[]): unknown {
  const schemas = [...new Set(sources.map((source) => source.name.split(".")[0] ?? ""))];
  return {
    sources: schemas.map((schema) => ({
      name: schema,
      tables: sources
        .filter((source) => source.name.startsWith(`${schema}.`))
        .map((source) => ({
          name: source.name.split(".")[1],
          config: { meta: { external_location: source.read, formatter: "oldstyle" } },
        })),
    })),
  };
}

function dbtTest({ id, spec }: NamedCheck): unknown {
  const settings = {
    name: dbtTestName(id),
    ...(spec.severity === "warn" ? { config: { severity: "warn" } } : {}),
  };
  switch (spec.check) {
    case "null_values":
      return { not_null: { ...settings, arguments: { column_name: spec.column } } };
    case "duplicate_values":
      return spec.columns.length === 1
        ? { unique: { ...settings, arguments: { column_name: spec.columns[0] } } }
        : { unique_together: { ...settings, arguments: { columns: spec.columns } } };
    case "invalid_values":
      return {
        accepted_values: { ...settings, arguments: { column_name: spec.column, values: spec.values } },
      };
    case "value_range":
      return { within: { ...settings, arguments: { column_name: spec.column, ...limits(spec) } } };
    case "referential_integrity": {
      const [table, key] = referenced(spec.to);
      return {
        relationships: {
          ...settings,
          arguments: { column_name: spec.column, to: `ref('${dbtName(table)}')`, field: key },
        },
      };
    }
    case "row_count":
      return { row_count: { ...settings, arguments: limits(spec) } };
    case "row_predicate":
      return { expression: { ...settings, arguments: { expression: spec.expression } } };
    default:
      throw new Error(`no dbt test for a check of kind "${spec.check}"`);
  }
}

function limits({
  min,
  max,
}: {
  readonly min?: number | string;
  readonly max?: number | string;
}): Record<string, number | string> {
  return { ...(min === undefined ? {} : { lowest: min }), ...(max === undefined ? {} : { highest: max }) };
}

const genericTests = `{% test within(model, column_name, lowest=none, highest=none) %}
select * from {{ model }} where {% if lowest is not none %}{{ column_name }} < {{ lowest }}{% endif %}
{%- if lowest is not none and highest is not none %} or {% endif %}{% if highest is not none %}{{ column_name }} > {{ highest }}{% endif %}
{% endtest %}

{% test row_count(model, lowest=0, highest=none) %}
select * from (select count(*) as n from {{ model }}) where n < {{ lowest }}{% if highest is not none %} or n > {{ highest }}{% endif %}
{% endtest %}

{% test unique_together(model, columns) %}
select {{ columns | join(', ') }} from {{ model }} group by {{ columns | join(', ') }} having count(*) > 1
{% endtest %}

{% test expression(model, expression) %}
select * from {{ model }} where not ({{ expression }})
{% endtest %}
`;
