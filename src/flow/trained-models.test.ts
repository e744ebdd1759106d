import { expect, test } from "vitest";
import type { ConsumerNode } from "../graph/graph.ts";
import { misledModels } from "./trained-models.ts";

const model = (name: string, trainedOn?: ConsumerNode["trainedOn"]): ConsumerNode => ({
  name,
  path: "",
  type: "ml-model",
  reads: [],
  ...(trainedOn === undefined ? {} : { trainedOn }),
});

test("models are named whose training version is bad, by release or by id, and no others", () => {
  const consumers = [
    model("by-release", { "raw.a": "prod@12" }),
    model("by-id", { "raw.a": "v1" }),
    model("other-version", { "raw.a": "prod@13" }),
    model("other-dataset", { "raw.b": "v1" }),
    model("unknown-release", { "raw.a": "prod@99" }),
    model("never-told"),
  ];
  const versions: Readonly<Record<string, string>> = { "prod@12": "v1", "prod@13": "v2" };
  const misled = misledModels(
    { consumers },
    [{ dataset: "raw.a", version: "v1" }],
    (_, release) => versions[release],
  );
  expect(misled.map(({ consumer }) => consumer)).toEqual(["by-release", "by-id"]);
});
