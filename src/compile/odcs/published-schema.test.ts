/** Documents with everything that ODCS 3.1.0 has fit its published schema, and come out of a project as they went in. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { DatasetNode } from "../../graph/graph.ts";
import type { OdcsObject } from "./column-property.ts";
import { exportContract, importContract } from "./contract-document.ts";
import { misfitsOf } from "./judge-by-schema.ts";
import { readContract } from "./judge-document.ts";

const word = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" });
const id = fc.stringMatching(/^[a-z][a-z0-9_-]{0,7}$/);
const flag = fc.boolean();
const any = fc.jsonValue({ maxDepth: 2 });
/** A mapping with some of the keys that it may have, and all of those that it must. */
const some = <T extends object>(all: { [K in keyof T]: fc.Arbitrary<T[K]> }, ...must: (keyof T)[]) =>
  fc.record(all, { requiredKeys: must });
const list = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 2 });

const custom = list(some({ id, property: word, value: any, description: word }, "property", "value"));
const definitions = list(some({ id, url: word, type: word, description: word }, "url", "type"));
const about = { authoritativeDefinitions: definitions, customProperties: custom, tags: list(word), id };

const number = fc.integer({ min: -9, max: 99 });
const operator = fc.oneof(
  some({ mustBe: any }, "mustBe"),
  some({ mustNotBe: any }, "mustNotBe"),
  some({ mustBeGreaterThan: number }, "mustBeGreaterThan"),
  some({ mustBeLessOrEqualTo: number }, "mustBeLessOrEqualTo"),
  number.map((least) => ({ mustBeBetween: [least, least + 3] })),
  number.map((least) => ({ mustNotBeBetween: [least, least + 1] })),
);
const described = some({
  ...about,
  name: word,
  description: word,
  dimension: fc.constantFrom("accuracy", "completeness", "timeliness"),
  severity: fc.constantFrom("error", "warning", "critical"),
  businessImpact: fc.constant("operational"),
  method: fc.constant("reconciliation"),
  scheduler: fc.constant("cron"),
  schedule: fc.constant("0 20 * * *"),
  unit: fc.constantFrom("rows", "percent"),
});
const rule = fc
  .tuple(
    described,
    fc.oneof(
      fc.tuple(some({ type: fc.constant("text" as const) }), fc.constant({})),
      fc.tuple(
        some(
          {
            type: fc.constant("library" as const),
            metric: fc.constantFrom(
              "nullValues",
              "missingValues",
              "invalidValues",
              "duplicateValues",
              "rowCount",
            ),
            arguments: fc.oneof(
              some({ validValues: fc.array(word, { minLength: 1 }), pattern: word }),
              some({ missingValues: fc.array(fc.option(word)), properties: fc.array(word) }),
            ),
          },
          "metric",
        ),
        operator,
      ),
      fc.tuple(some({ type: fc.constant("sql" as const), query: word }, "type", "query"), operator),
      fc.tuple(
        some(
          {
            type: fc.constant("custom" as const),
            engine: fc.constantFrom("soda", "greatExpectations", "dbt"),
            implementation: fc.oneof(word, fc.dictionary(word, any, { noNullPrototype: true })),
          },
          "type",
          "engine",
          "implementation",
        ),
        fc.constant({}),
      ),
    ),
  )
  .map(([said, [kind, compared]]) => ({ ...said, ...kind, ...compared }));

const typed = fc.oneof(
  some(
    {
      logicalType: fc.constant("string" as const),
      logicalTypeOptions: some({
        minLength: fc.nat(9),
        maxLength: fc.nat(99),
        pattern: fc.constantFrom("^[A-Z]{2}$", "a|b", "x"),
        format: fc.constantFrom("email", "uuid", "hostname", "password", "date-time"),
      }),
    },
    "logicalType",
  ),
  some(
    {
      logicalType: fc.constantFrom("integer" as const, "number" as const),
      physicalType: fc.constantFrom("BIGINT", "NUMERIC(10,2)", "decimal(5)"),
      logicalTypeOptions: some({
        minimum: number,
        maximum: number,
        exclusiveMinimum: number,
        multipleOf: fc.constant(2),
      }),
    },
    "logicalType",
  ),
  some(
    {
      logicalType: fc.constantFrom("date" as const, "timestamp" as const),
      logicalTypeOptions: some({ minimum: fc.constant("2020-01-01"), format: fc.constant("yyyy-MM-dd") }),
    },
    "logicalType",
  ),
  some(
    {
      logicalType: fc.constant("array" as const),
      logicalTypeOptions: some({ minItems: fc.nat(3), uniqueItems: flag }),
      items: some({ logicalType: fc.constant("string" as const), description: word }, "logicalType"),
    },
    "logicalType",
  ),
  some(
    {
      logicalType: fc.constant("object" as const),
      properties: fc.uniqueArray(some({ name: word, logicalType: fc.constant("date" as const) }, "name"), {
        selector: ({ name }) => name,
        maxLength: 2,
      }),
    },
    "logicalType",
  ),
  some({ physicalType: fc.constantFrom("varchar(18)", "JSONB", "int", "timestamp with time zone") }),
);
const relation = some(
  { type: fc.constant("foreignKey" as const), to: fc.constant("customers.id"), customProperties: custom },
  "to",
);
const property = fc
  .tuple(
    typed,
    some(
      {
        ...about,
        name: word,
        description: word,
        businessName: word,
        physicalName: word,
        primaryKey: flag,
        primaryKeyPosition: number,
        required: flag,
        unique: flag,
        partitioned: flag,
        partitionKeyPosition: number,
        classification: word,
        encryptedName: word,
        transformSourceObjects: list(word),
        transformLogic: word,
        transformDescription: word,
        examples: list(word),
        criticalDataElement: flag,
        relationships: list(relation),
        quality: list(rule),
      },
      "name",
    ),
  )
  .map(([type, said]) => ({ ...said, ...type }));
const table = some(
  {
    ...about,
    name: word,
    logicalType: fc.constant("object" as const),
    physicalType: fc.constantFrom("table", "view", "topic"),
    physicalName: word,
    businessName: word,
    description: word,
    dataGranularityDescription: word,
    properties: fc.uniqueArray(property, { selector: ({ name }) => name, maxLength: 3 }),
    relationships: list(
      fc.record({
        from: fc.constant(["orders.a", "orders.b"]),
        to: fc.constant(["customers.a", "customers.b"]),
      }),
    ),
    quality: list(rule),
  },
  "name",
);
const member = some(
  {
    ...about,
    username: word,
    name: word,
    description: word,
    role: word,
    dateIn: fc.constant("2022-10-01"),
    dateOut: fc.constant("2023-10-01"),
    replacedByUsername: word,
  },
  "username",
);
const contract = some(
  {
    ...about,
    apiVersion: fc.constantFrom("v3.1.0", "v3.0.2"),
    kind: fc.constant("DataContract" as const),
    id: word,
    version: fc.constant("2.0.1"),
    status: fc.constantFrom("draft", "active", "retired"),
    name: word,
    tenant: word,
    domain: word,
    dataProduct: word,
    contractCreatedTs: fc.constant("2022-11-15T02:59:43+00:00"),
    description: some({ usage: word, purpose: word, limitations: word, customProperties: custom }),
    servers: list(
      fc.oneof(
        some(
          {
            id,
            server: fc.constant("prod"),
            type: fc.constant("postgres" as const),
            host: fc.constant("db.example.com"),
            port: fc.constant(5432),
            database: word,
            schema: word,
            environment: word,
            customProperties: custom,
          },
          "server",
          "type",
          "host",
          "port",
          "database",
          "schema",
        ),
        fc.record({
          server: id,
          type: fc.constant("s3" as const),
          location: fc.constant("s3://lake/*.json"),
        }),
        fc.record({ server: id, type: fc.constant("custom" as const), description: word }),
      ),
    ),
    team: fc.oneof(some({ ...about, name: word, description: word, members: list(member) }), list(member)),
    roles: list(
      some(
        {
          id,
          role: word,
          description: word,
          access: word,
          firstLevelApprovers: word,
          customProperties: custom,
        },
        "role",
      ),
    ),
    support: list(
      some({ id, channel: word, url: word, tool: word, scope: word, customProperties: custom }, "channel"),
    ),
    price: some({ id, priceAmount: number, priceCurrency: fc.constant("EUR"), priceUnit: word }),
    slaDefaultElement: word,
    slaProperties: list(
      some(
        {
          id,
          property: fc.constantFrom("latency", "retention", "frequency", "timeOfAvailability"),
          value: fc.oneof(number, word),
          valueExt: number,
          unit: fc.constantFrom("d", "h", "years", "hours"),
          element: word,
          driver: word,
          description: word,
        },
        "property",
        "value",
      ),
    ),
    schema: fc.uniqueArray(table, { selector: ({ name }) => name, minLength: 1, maxLength: 2 }),
  },
  "apiVersion",
  "kind",
  "id",
  "version",
  "status",
  "schema",
);

/** What compiles of a contract and is exported again. */
function exported(document: OdcsObject): OdcsObject {
  const { settings, odcs } = importContract(document, 0, "raw.orders");
  const node = {
    id: "raw.orders",
    kind: "source",
    tags: [],
    from: { kind: "generator" },
    quarantine: { warn: 0, stop: 0.05 },
    ...settings.about,
    columns: Object.entries(settings.columns).map(([name, declared]) => ({
      name,
      engineType: "VARCHAR",
      declared,
    })),
    checks: settings.checks,
    ...(odcs === undefined ? {} : { odcs: JSON.parse(JSON.stringify(odcs)) as object }),
  };
  return exportContract(node as unknown as DatasetNode);
}

test("the schema is the published one, to the byte", () => {
  const bytes = readFileSync(new URL("./published/odcs-json-schema-v3.1.0.json", import.meta.url));
  // As Git names the file in the repository of the standard.
  const name = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  expect(name).toBe("fb74095224e367b6be7bb12d96a3624db2685c81");
});

describe("documents of the standard", () => {
  test("fit, and come out as they went in, and still fit", () => {
    fc.assert(
      fc.property(contract, (made) => {
        const document = JSON.parse(JSON.stringify(made)) as OdcsObject;
        expect(misfitsOf(document)).toEqual([]);
        expect(readContract("c.yaml", stringify(document), misfitsOf)).toEqual({ document, diagnostics: [] });
        const [first] = document["schema"] as OdcsObject[];
        const again = exported(document);
        expect(again).toEqual({ ...document, schema: [first] });
        expect(misfitsOf(again)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("of later versions may say what nobody knows yet, and say it again", () => {
    fc.assert(
      fc.property(contract, fc.dictionary(id, any, { noNullPrototype: true }), (made, unknown) => {
        const [first] = made.schema;
        const text = JSON.stringify({
          ...unknown,
          ...made,
          apiVersion: "v3.4.0",
          schema: [{ ...unknown, ...first }],
        });
        const document = JSON.parse(text) as OdcsObject;
        expect(readContract("c.json", text, misfitsOf)).toEqual({ document, diagnostics: [] });
        expect(exported(document)).toEqual(document);
      }),
      { numRuns: 100 },
    );
  });
});
