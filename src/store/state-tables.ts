import type { Tables } from "./tables.ts";

/** How the columns of a table are written into a copy of the state: as they are, or bytes as base64. */
type Columns<T> = { readonly [column in keyof T]-?: "plain" | "bytes" };

interface CopiedTable<T> {
  readonly columns: Columns<T>;
  /** The columns of the primary key, in whose order rows are read. */
  readonly key: readonly (keyof T & string)[];
}

/**
 * The tables of the state with every column, in an order in which rows may be written: what a row refers to
 * comes before it. The compiler tells of a table or a column that is missing here. Readers do not live in a copy.
 */
export const stateTables: {
  readonly [table in Exclude<keyof Tables, "pins">]: CopiedTable<Tables[table]>;
} = {
  environments: {
    columns: {
      name: "plain",
      release: "plain",
      epoch: "plain",
      beat: "plain",
      holder: "plain",
      held: "plain",
    },
    key: ["name"],
  },
  graphs: { columns: { hash: "plain", document: "bytes" }, key: ["hash"] },
  releases: {
    columns: {
      environment: "plain",
      number: "plain",
      kind: "plain",
      at: "plain",
      who: "plain",
      why: "plain",
      run_id: "plain",
      graph_hash: "plain",
      origin: "plain",
      held: "plain",
      full_number: "plain",
      trail: "plain",
    },
    key: ["environment", "number"],
  },
  release_pointers: {
    columns: { environment: "plain", number: "plain", dataset: "plain", version: "plain", moved: "plain" },
    key: ["environment", "number", "dataset"],
  },
  versions: {
    columns: {
      id: "plain",
      dataset: "plain",
      build_key: "plain",
      fingerprint: "plain",
      content_hash: "plain",
      row_count: "plain",
      byte_count: "plain",
      columns: "plain",
      files: "plain",
      quarantine: "plain",
      counts: "plain",
      inputs: "plain",
      created_at: "plain",
      run_id: "plain",
      elapsed: "plain",
      gone: "plain",
      query: "plain",
      times: "plain",
    },
    key: ["id"],
  },
  parts: {
    columns: {
      key: "plain",
      context: "plain",
      dataset: "plain",
      file: "plain",
      created_at: "plain",
      run_id: "plain",
    },
    key: ["key"],
  },
  manifests: { columns: { version: "plain", document: "bytes" }, key: ["version"] },
  builds: { columns: { build_key: "plain", version: "plain" }, key: ["build_key"] },
  audits: {
    columns: { version: "plain", audit_fingerprint: "plain", verdict: "plain" },
    key: ["version", "audit_fingerprint"],
  },
  pointers: {
    columns: { environment: "plain", dataset: "plain", version: "plain" },
    key: ["environment", "dataset"],
  },
  runs: {
    columns: {
      id: "plain",
      number: "plain",
      environment: "plain",
      state: "plain",
      epoch: "plain",
      base: "plain",
      graph_hash: "plain",
      started_at: "plain",
      ended_at: "plain",
      release: "plain",
      request: "plain",
      planned: "plain",
      finished: "plain",
      reason: "plain",
      cancellation: "plain",
    },
    key: ["id"],
  },
  events: {
    columns: {
      sequence: "plain",
      type: "plain",
      at: "plain",
      environment: "plain",
      run_id: "plain",
      dataset: "plain",
      data: "plain",
    },
    key: ["sequence"],
  },
  counters: { columns: { name: "plain", value: "plain" }, key: ["name"] },
  legal_holds: {
    columns: { id: "plain", target: "plain", at: "plain", who: "plain", why: "plain" },
    key: ["id"],
  },
  incidents: {
    columns: { id: "plain", environment: "plain", run_id: "plain", resolved: "plain", document: "plain" },
    key: ["id"],
  },
  profiles: { columns: { version: "plain", document: "bytes" }, key: ["version"] },
  measures: {
    columns: {
      environment: "plain",
      dataset: "plain",
      number: "plain",
      version: "plain",
      at: "plain",
      definition: "plain",
      measured: "plain",
      findings: "plain",
    },
    key: ["environment", "dataset", "number"],
  },
  feedback: {
    columns: {
      environment: "plain",
      dataset: "plain",
      version: "plain",
      word: "plain",
      at: "plain",
      who: "plain",
      why: "plain",
    },
    key: ["environment", "dataset", "version"],
  },
  hooks: { columns: { name: "plain", after: "plain" }, key: ["name"] },
  deliveries: {
    columns: {
      hook: "plain",
      sequence: "plain",
      attempts: "plain",
      due_at: "plain",
      problem: "plain",
      given_up: "plain",
    },
    key: ["hook", "sequence"],
  },
  settled: { columns: { environment: "plain", document: "plain" }, key: ["environment"] },
};
