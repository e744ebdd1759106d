/**
 * Errors of three kinds. Diagnostics are mistakes in the user's project: collected, coded, placed.
 * A SluiceError is the world saying no: it carries a code and a way out. Anything else is a bug.
 */

/** Exit codes: 0 fine, 1 failed, 2 changes or findings, 64 and above usage. */
export const exitCode = { ok: 0, failed: 1, findings: 2, usage: 64, config: 78, interrupted: 130 } as const;

/** Every error the world can cause: exit code and HTTP status. A test keeps this equal to docs/reference/errors.md. */
export const errorCatalogue = {
  "not-a-project": { exit: exitCode.config, http: 400 },
  "project-invalid": { exit: exitCode.failed, http: 422 },
  "unknown-dataset": { exit: exitCode.usage, http: 404 },
  "unknown-environment": { exit: exitCode.usage, http: 404 },
  "unknown-release": { exit: exitCode.usage, http: 404 },
  "unknown-run": { exit: exitCode.usage, http: 404 },
  "unknown-hold": { exit: exitCode.usage, http: 404 },
  "unknown-incident": { exit: exitCode.usage, http: 404 },
  "bad-selection": { exit: exitCode.usage, http: 400 },
  "bad-usage": { exit: exitCode.usage, http: 400 },
  "bad-query": { exit: exitCode.failed, http: 400 },
  "query-limit": { exit: exitCode.failed, http: 422 },
  "environment-busy": { exit: exitCode.failed, http: 409 },
  "lease-lost": { exit: exitCode.failed, http: 409 },
  "base-moved": { exit: exitCode.failed, http: 409 },
  "version-gone": { exit: exitCode.failed, http: 410 },
  "gc-refused": { exit: exitCode.failed, http: 409 },
  "promote-refused": { exit: exitCode.failed, http: 409 },
  "backfill-refused": { exit: exitCode.failed, http: 409 },
  "run-over": { exit: exitCode.failed, http: 409 },
  "resume-refused": { exit: exitCode.failed, http: 409 },
  "incident-resolved": { exit: exitCode.failed, http: 409 },
  "file-unreadable": { exit: exitCode.failed, http: 422 },
  "build-failed": { exit: exitCode.failed, http: 422 },
  "accounting-broken": { exit: exitCode.failed, http: 500 },
  "worker-died": { exit: exitCode.failed, http: 500 },
  "disk-full": { exit: exitCode.failed, http: 507 },
  "disk-read-only": { exit: exitCode.failed, http: 507 },
  "storage-damaged": { exit: exitCode.failed, http: 500 },
  "storage-refused": { exit: exitCode.failed, http: 502 },
  "storage-unreachable": { exit: exitCode.failed, http: 503 },
  "state-damaged": { exit: exitCode.failed, http: 500 },
  "state-unreachable": { exit: exitCode.failed, http: 503 },
  "state-not-empty": { exit: exitCode.failed, http: 409 },
  "state-file-damaged": { exit: exitCode.failed, http: 422 },
  "state-newer": { exit: exitCode.failed, http: 500 },
  "package-missing": { exit: exitCode.config, http: 500 },
  "directory-not-empty": { exit: exitCode.usage, http: 409 },
  interrupted: { exit: exitCode.interrupted, http: 499 },
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

/** The world said no. `message` says what happened to which named thing and why; `hint` the way out. */
export class SluiceError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: readonly string[];

  constructor(
    code: ErrorCode,
    message: string,
    more: { hint?: string; details?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "SluiceError";
    this.code = code;
    this.hint = more.hint;
    this.details = more.details ?? [];
  }

  get exit(): number {
    return errorCatalogue[this.code].exit;
  }

  get httpStatus(): number {
    return errorCatalogue[this.code].http;
  }
}

/** Every mistake a project can contain. The text is the rule; the message names the case. */
export const diagnosticCatalogue = {
  "config-invalid": "sluice.config.ts does not define a project",
  "file-load": "a definition file cannot be loaded",
  "file-encoding": "a project file is not UTF-8 text",
  "no-definition": "a definition file has no default export of a kind that belongs there",
  "bad-contract": "a contract is not what the published schema of ODCS 3.1.0 says",
  "bad-name": "a path does not make a valid dataset name",
  "duplicate-name": "two definitions have one name",
  "bad-setting": "a setting has the wrong type or value",
  "unknown-setting": "a setting does not exist",
  "yaml-syntax": "a YAML header cannot be parsed",
  "sql-empty": "a model has no query",
  "sql-syntax": "a query cannot be parsed",
  "sql-not-a-query": "a model is not a single SELECT",
  "sql-bind": "a query does not fit its inputs",
  "unknown-dataset": "a dataset that does not exist is referred to",
  "unknown-column": "a column that does not exist is referred to",
  "unit-clash": "a column is declared in another unit than the values that it passes on",
  "type-clash": "a column has another type than declared, or than a check needs",
  "not-hermetic": "a model reads something other than datasets",
  cycle: "datasets depend on each other in a circle",
  "unknown-story": "a story that does not exist is referred to",
} as const;

export type DiagnosticCode = keyof typeof diagnosticCatalogue;

/** A mistake in the user's project, with its place. Lines and columns count from 1. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  /** Characters the mark in the code frame spans. */
  readonly length?: number;
  readonly suggestion?: string;
}
