/** Runs tell other programs of themselves, in the events of OpenLineage, and never suffer from it. */
import { readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config, csv, revenue, shop, tuesday } from "./shop-project.ts";

/** The versions of the published schemas that events name; the URL of each facet must be one of these. */
const published: Readonly<Record<string, string>> = {
  ColumnLineageDatasetFacet: "1-2-0",
  DataQualityAssertionsDatasetFacet: "1-1-0",
  DataQualityMetricsDatasetFacet: "1-0-0",
  DatasetVersionDatasetFacet: "1-0-1",
  DatasourceDatasetFacet: "1-0-1",
  DocumentationDatasetFacet: "1-1-0",
  DocumentationJobFacet: "1-1-0",
  ErrorMessageRunFacet: "1-0-1",
  JobTypeJobFacet: "2-0-4",
  LifecycleStateChangeDatasetFacet: "1-0-1",
  NominalTimeRunFacet: "1-0-1",
  OutputStatisticsOutputDatasetFacet: "1-0-2",
  OwnershipDatasetFacet: "1-0-1",
  OwnershipJobFacet: "1-0-1",
  ParentRunFacet: "1-2-0",
  ProcessingEngineRunFacet: "1-1-1",
  SQLJobFacet: "1-1-0",
  SchemaDatasetFacet: "1-2-0",
  TagsDatasetFacet: "1-0-0",
  TagsRunFacet: "1-0-0",
};

const facetUrls = Object.entries(published).map(
  ([name, version]) => `https://openlineage.io/spec/facets/${version}/${name}.json#/$defs/${name}`,
);
const facets = z.record(
  z.string(),
  z.looseObject({ _producer: z.string().regex(/^urn:sluice:\d/), _schemaURL: z.enum(facetUrls) }),
);
const dataset = { namespace: z.string().min(1), name: z.string().min(1), facets: facets.optional() };

/** What the specification asks of an event, and nothing beside it. */
const eventShape = z.strictObject({
  eventType: z.enum(["START", "COMPLETE", "ABORT", "FAIL"]),
  eventTime: z.iso.datetime(),
  run: z.strictObject({ runId: z.uuid(), facets }),
  job: z.strictObject({ namespace: z.string().min(1), name: z.string().min(1), facets }),
  inputs: z.array(z.strictObject({ ...dataset, inputFacets: facets.optional() })),
  outputs: z.array(z.strictObject({ ...dataset, outputFacets: facets.optional() })),
  producer: z.string().regex(/^urn:sluice:\d/),
  schemaURL: z.literal("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"),
});
type LineageEvent = z.infer<typeof eventShape>;

/** Events that fit, each run of each job begun once and ended once. */
function sound(documents: readonly unknown[]): LineageEvent[] {
  const events = documents.map((document) => eventShape.parse(document));
  for (const [, ofRun] of Map.groupBy(events, ({ run }) => run.runId)) {
    const [first, last] = ofRun.map(({ eventType }) => eventType);
    expect(ofRun).toHaveLength(2);
    expect(first).toBe("START");
    expect(last).not.toBe("START");
  }
  return events;
}

const told = (events: readonly LineageEvent[]): string[] =>
  events.map(({ eventType, job }) => `${eventType} ${job.name}`);

let project: ProjectOnDisk;
const file = (): string => join(project.root, "lineage/events.ndjson");
const written = async (): Promise<LineageEvent[]> => {
  const text = await readFile(file(), "utf8");
  await rm(file());
  return sound(
    text
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line)),
  );
};

beforeAll(async () => {
  project = await projectOnDisk({
    ...shop,
    "sluice.config.ts": config(', lineage: { openLineage: "file:lineage/events.ndjson" }'),
  });
});
afterAll(() => project[Symbol.asyncDispose]());

describe("into a file", () => {
  test("a run, its datasets and their checks, with the versions that were published", async () => {
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });
    const events = await written();
    expect(told(events).toSorted()).toEqual(
      ["dev", "dev.raw.orders", "dev.raw.orders.checks", "dev.shop.revenue", "dev.shop.revenue.checks"]
        .flatMap((job) => [`START ${job}`, `COMPLETE ${job}`])
        .toSorted(),
    );
    expect(told(events)[0]).toBe("START dev");
    expect(told(events).at(-1)).toBe("COMPLETE dev");
    const model = events.find(
      ({ eventType, job }) => `${eventType} ${job.name}` === "COMPLETE dev.shop.revenue",
    );
    const shown = JSON.parse((await project.sluice(["show", "shop.revenue", "--json"])).stdout) as {
      version: { id: string };
    };
    expect(model).toMatchObject({
      inputs: [{ namespace: "sluice://shop", name: "dev.raw.orders" }],
      outputs: [
        {
          namespace: "sluice://shop",
          name: "dev.shop.revenue",
          facets: {
            columnLineage: {
              fields: {
                revenue: {
                  inputFields: [
                    {
                      namespace: "sluice://shop",
                      name: "dev.raw.orders",
                      field: "amount",
                      transformations: [{ type: "DIRECT", subtype: "AGGREGATION", masking: false }],
                    },
                  ],
                },
              },
              dataset: [{ field: "day", transformations: [{ type: "INDIRECT", subtype: "GROUP_BY" }] }],
            },
            version: { datasetVersion: shown.version.id },
            dataQualityMetrics: { rowCount: 1 },
          },
          outputFacets: { outputStatistics: { rowCount: 1, fileCount: 1 } },
        },
      ],
    });
  });

  test("a run that has nothing to do says nothing", async () => {
    expect(await project.run()).toMatchObject({ code: 0, release: null });
    await expect(readFile(file())).rejects.toThrow("ENOENT");
  });

  test("what failed says why, what waits for it is given up, what left is dropped", async () => {
    await project.write({
      "landing/orders/tuesday.csv": csv("x,y,z,1", "4,2026-03-03,flat white,3.80"),
      "models/shop/extra.sql": "select 1 as one",
    });
    expect(await project.run()).toMatchObject({ code: 1, failed: ["raw.orders"] });
    const events = await written();
    expect(told(events)).toEqual(
      expect.arrayContaining([
        "FAIL dev",
        "FAIL dev.raw.orders",
        "COMPLETE dev.raw.orders.checks",
        "ABORT dev.shop.revenue",
        "COMPLETE dev.shop.extra",
      ]),
    );
    const failed = events.find(({ eventType }) => eventType === "FAIL");
    expect(failed?.run.facets["errorMessage"]?.["message"]).toMatch(/quarantine|refused|record/);
    await project.write({ "landing/orders/tuesday.csv": tuesday, "models/shop/extra.sql": null });
    expect(await project.run()).toMatchObject({ code: 0 });
    const after = await written();
    expect(told(after)).toContain("COMPLETE dev.shop.extra");
    expect(JSON.stringify(after)).toContain('"lifecycleStateChange":"DROP"');
  });

  test("a file that cannot be written is a warning, and the run publishes", async () => {
    await rm(join(project.root, "lineage"), { recursive: true });
    await project.write({
      lineage: "in the way",
      "models/shop/revenue.sql": revenue.replace("as orders", "as sold"),
    });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, built: ["shop.revenue"], failed: [] });
    const warning = ran.events.find(({ type }) => type === "warning");
    expect(warning?.["message"]).toMatch(/lineage events could not be delivered to .*events\.ndjson/);
    await project.write({ lineage: null });
  });
});

test("a run that is stopped gives up what it began", async () => {
  await project.write({
    "models/shop/slow.ts": `import { model, t } from "sluice";
export default model({
  columns: { n: t.integer() },
  rows: async function* () {
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    yield { n: 1 };
  },
});
`,
  });
  const { child, ended } = project.start(["run", "--json", "--select", "shop.slow"], {
    onLine: (line) => {
      if (line.includes('"type":"started"')) setTimeout(() => child.kill("SIGINT"), 300);
    },
  });
  expect(await ended).toMatchObject({ code: 130 });
  const events = await written();
  expect(told(events)).toEqual(["START dev", "START dev.shop.slow", "ABORT dev.shop.slow", "ABORT dev"]);
  expect(events.at(-1)?.run.facets["errorMessage"]?.["message"]).toContain("stopped");
  await project.write({ "models/shop/slow.ts": null });
});

describe("to an address", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  interface Request {
    readonly path: string | undefined;
    readonly token: string | undefined;
    readonly event: unknown;
  }

  /** A server that answers its requests as told; undefined never answers. */
  async function listen(
    answer: (request: number) => number | undefined,
  ): Promise<{ url: string; taken: Request[] }> {
    const taken: Request[] = [];
    let count = 0;
    server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => (text += String(chunk)));
      request.on("end", () => {
        const status = answer(count++);
        if (status === undefined) return;
        const { url, headers } = request;
        if (status < 300) taken.push({ path: url, token: headers.authorization, event: JSON.parse(text) });
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, taken };
  }

  let builds = 0;
  /** A run with something to build, that sends its events there. */
  async function runTo(url: string, env: Readonly<Record<string, string>> = {}) {
    builds += 1;
    await project.write({ "models/shop/revenue.sql": revenue.replace("as orders", `as orders_${builds}`) });
    return project.sluice(["run"], { env: { OPENLINEAGE_URL: url, ...env } });
  }

  test("the variables that users of OpenLineage know are obeyed, and the token is told to nobody else", async () => {
    const { url, taken } = await listen((request) => (request === 1 ? 503 : 201));
    const secret = "hunter2";
    const ended = await runTo(url, { OPENLINEAGE_API_KEY: secret, OPENLINEAGE_NAMESPACE: "data-team" });
    expect(ended.code).toBe(0);
    expect(ended.stdout + ended.stderr).not.toContain("could not be delivered");
    const events = sound(taken.map(({ event }) => event));
    expect(new Set(events.map(({ job }) => job.namespace))).toEqual(new Set(["data-team"]));
    expect(new Set(taken.map(({ path, token }) => `${path} ${token}`))).toEqual(
      new Set([`/api/v1/lineage Bearer ${secret}`]),
    );
    expect(JSON.stringify(events) + ended.stdout + ended.stderr).not.toContain(secret);
    taken.length = 0;
    expect((await runTo(url, { OPENLINEAGE_DISABLED: "true" })).code).toBe(0);
    expect(taken).toEqual([]);
  });

  test("an endpoint that is down, refuses or never answers costs a warning and seconds, never the release", async () => {
    const silent = await listen(() => undefined);
    const hanging = await runTo(silent.url);
    expect(hanging.code).toBe(0);
    expect(hanging.stdout).toMatch(/Release \d+ published/);
    expect(hanging.stdout).toMatch(
      /could not be delivered to .* it (did not answer within 3|took longer than 5) s/,
    );
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    const gone = await runTo(silent.url, { OPENLINEAGE_API_KEY: "hunter2" });
    expect(gone.code).toBe(0);
    expect(gone.stdout).toMatch(/Release \d+ published/);
    expect(gone.stdout).toContain("(ECONNREFUSED)");
    const refusing = await listen(() => 401);
    const refused = await runTo(refusing.url, { OPENLINEAGE_API_KEY: "hunter2" });
    expect(refused.stdout).toContain("it answered 401");
    expect(gone.stdout + refused.stdout + refused.stderr).not.toContain("hunter2");
  });

  test("an address that is none is a warning, or a mistake of the configuration", async () => {
    const ended = await runTo("https://user:hunter2@example.com");
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/Release \d+ published/);
    expect(ended.stdout).toContain("a token goes into OPENLINEAGE_API_KEY");
    expect(ended.stdout + ended.stderr).not.toContain("hunter2");
    await project.write({ "sluice.config.ts": config(', lineage: { openLineage: "ftp://example.com" }') });
    const { code, stderr } = await project.sluice(["run"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/openLineage/);
  });
});
