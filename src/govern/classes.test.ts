import { expect, test } from "vitest";
import type { Graph, GraphColumn, ModelNode, SourceNode } from "../graph/graph.ts";
import { classesOf } from "./classes.ts";

const column = (name: string, ...tags: string[]): GraphColumn => ({
  name,
  engineType: "VARCHAR",
  declared: { type: "text", nullable: true, key: false, unique: false, tags },
});
const shared = { path: "", tags: [], checks: [], fingerprint: "", auditFingerprint: "" };
const source = (id: string, ...columns: GraphColumn[]): SourceNode => ({
  ...shared,
  id,
  columns,
  kind: "source",
  inputs: [],
  from: { kind: "generator" },
  quarantine: { warn: 0, stop: 1 },
});
const model = (id: string, inputs: string[], ...columns: GraphColumn[]): ModelNode => ({
  ...shared,
  id,
  columns,
  kind: "model",
  inputs,
  by: { kind: "sql", sql: "", ordered: false },
  parameters: [],
});

test("a class reaches everything built from it, with the columns it came from", () => {
  const graph = {
    datasets: [
      source("raw.a", column("mail", "pii.email"), column("n")),
      source("raw.b", column("contact", "pii.email")),
      source("raw.c", column("n")),
      model("m.joined", ["raw.a", "raw.b"], column("mail", "pii.email")),
      model("m.count", ["m.joined"], column("n")),
      model("m.clean", ["raw.c"], column("n")),
    ],
  } as unknown as Graph;
  const classes = classesOf(graph);
  expect(classes.get("m.joined")).toEqual([
    { class: "pii.email", from: ["raw.a.mail", "raw.b.contact"], declared: true },
  ]);
  expect(classes.get("m.count")).toEqual([
    { class: "pii.email", from: ["raw.a.mail", "raw.b.contact"], declared: false },
  ]);
  expect(classes.get("m.clean")).toEqual([]);
});
