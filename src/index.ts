/**
 * The public API: what a project's definition files import from `"sluice"`. All of it comes from `define/`:
 * functions that return frozen plain data. Nothing here reads, checks or does anything, so that a definition
 * file loads at once and means the same with every copy of the package.
 */
export { check } from "./define/check.ts";
export type {
  CheckKind,
  CheckOptions,
  CheckSpec,
  Severity,
  Tolerance,
  ToleranceOptions,
  WhereOptions,
} from "./define/check-spec.ts";
export { t } from "./define/column.ts";
export type { Column, Columns, ColumnSpec, LogicalType, ValueOf } from "./define/column.ts";
export { consumer } from "./define/consumer.ts";
export type {
  Accuracy,
  Consumer,
  ConsumerKind,
  ConsumerOptions,
  KnownRead,
  NoSuchDataset,
  Read,
} from "./define/consumer.ts";
export { dataset } from "./define/dataset.ts";
export type { ColumnOf, DatasetLike, DatasetName, DatasetNames, Row } from "./define/dataset.ts";
export { email, env, slack, webhook } from "./define/hook.ts";
export type {
  EmailOptions,
  FromEnvironment,
  Hook,
  HookEvent,
  HookOptions,
  SlackOptions,
  WebhookOptions,
} from "./define/hook.ts";
export type { Grain, IntervalOptions, Materialization, UpsertOptions } from "./define/materialization.ts";
export type { ColumnMonitors, MonitorSetting, MonitorSettings } from "./define/monitors.ts";
export { model } from "./define/model.ts";
export type { Input, InputReference, InputRows, Inputs, Model, ModelOptions } from "./define/model.ts";
export { project } from "./define/project.ts";
export type { EngineOptions, Project, ProjectOptions } from "./define/project.ts";
export { files, generator, source } from "./define/source.ts";
export type {
  Batch,
  FileFormat,
  FileOptions,
  FilesOrigin,
  FreshnessLimits,
  GeneratorContext,
  GeneratorOrigin,
  Origin,
  QuarantineLimits,
  Source,
  SourceOptions,
} from "./define/source.ts";
export { sql } from "./define/sql.ts";
export type { Reference, ReferenceTarget, SqlText, SqlValue } from "./define/sql.ts";
export type { TextFormat } from "./define/text-format.ts";
export { test } from "./define/test.ts";
export type { Given, Test, TestOptions, TestRows, TestStep } from "./define/test.ts";
