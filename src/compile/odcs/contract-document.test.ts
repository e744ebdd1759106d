/** A contract goes out as ODCS and comes back as it was; a document comes in and goes out as it was. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ColumnSpec } from "../../define/column.ts";
import { textFormats } from "../../define/text-format.ts";
import type { GraphCheck, SourceNode } from "../../graph/graph.ts";
import {
  type ContractSettings,
  documentOf,
  exportContract,
  importContract,
  settingsOf,
} from "./contract-document.ts";
import { misfitsOf } from "./judge-by-schema.ts";
import { readContract } from "./judge-document.ts";
import { difference, patched } from "./patch.ts";
import { unanchored } from "./whole-pattern.ts";

const node = (id: string, { columns, checks, about }: ContractSettings, odcs?: object): SourceNode =>
  ({
    id,
    kind: "source",
    path: "",
    inputs: [],
    tags: [],
    from: { kind: "generator" },
    quarantine: { warn: 0, stop: 0.05 },
    ...about,
    columns: Object.entries(columns).map(([name, declared]) => ({ name, engineType: "VARCHAR", declared })),
    checks,
    ...(odcs === undefined ? {} : { odcs }),
    fingerprint: "",
    auditFingerprint: "",
  }) as SourceNode;

const word = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" });
const scalar = fc.oneof(word, fc.integer());
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

const spec = fc
  .record({
    type: fc.constantFrom("text", "integer", "number", "decimal", "boolean", "date", "timestamp", "json"),
    nullable: fc.boolean(),
    key: fc.boolean(),
    unique: fc.boolean(),
    tags: fc.array(word, { maxLength: 2 }),
    min: maybe(scalar),
    max: maybe(scalar),
    minLength: maybe(fc.nat(9)),
    maxLength: maybe(fc.nat(9)),
    pattern: maybe(fc.constantFrom("[A-Z]+", "a|b", "(?:a)|(?:b)", "^x$", "a)(b", "\\d\\$")),
    oneOf: maybe(fc.array(scalar, { minLength: 1, maxLength: 3 })),
    description: maybe(word),
    from: maybe(fc.array(word, { minLength: 1, maxLength: 2 })),
    format: maybe(fc.constantFrom(...textFormats, "%d/%m/%Y", "epoch_s")),
    missing: maybe(fc.array(scalar, { minLength: 1, maxLength: 2 })),
    unit: maybe(word),
  })
  .map((made) => {
    const digits = made.type === "decimal" ? { precision: 12, scale: 3 } : {};
    return defined({ ...made, ...digits, nullable: made.nullable && !made.key });
  });

const columns = fc.dictionary(word, spec, { minKeys: 1, maxKeys: 4, noNullPrototype: true });

const check = (names: readonly string[]): fc.Arbitrary<Record<string, unknown>> => {
  const column = fc.constantFrom(...names);
  return fc.oneof(
    fc.record({ check: fc.constant("row_count"), min: fc.nat(5), max: fc.integer({ min: 5, max: 9 }) }),
    fc.record({ check: fc.constant("row_count"), min: fc.nat(5) }),
    fc.record({ check: fc.constant("null_values"), column }),
    fc.record({ check: fc.constant("null_values"), column, tolerance: fc.constant("1%"), where: word }),
    fc.record({ check: fc.constant("missing_values"), column, values: fc.array(scalar, { minLength: 1 }) }),
    fc.record({ check: fc.constant("invalid_values"), column, values: fc.array(scalar, { minLength: 1 }) }),
    fc.record({ check: fc.constant("invalid_values"), column, pattern: word }),
    fc.record({
      check: fc.constant("duplicate_values"),
      columns: fc.array(column, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ check: fc.constant("row_predicate"), expression: word }),
  );
};

const settings = columns.chain((made) =>
  fc.record({
    columns: fc.constant(made),
    checks: fc
      .array(fc.tuple(check(Object.keys(made)), fc.constantFrom("warn", "stop")), { maxLength: 4 })
      .map((all) =>
        all.map(
          ([one, severity], at) => ({ ...one, name: `check ${at}`, severity }) as unknown as GraphCheck,
        ),
      ),
    about: fc
      .record({
        description: maybe(word),
        owner: maybe(word),
        tags: maybe(fc.array(word, { minLength: 1, maxLength: 2 })),
        story: maybe(word),
        freshness: maybe(fc.constantFrom({ stop: "24h" }, { warn: "6h", stop: "2d" }, { warn: "1w" })),
        quarantine: maybe(fc.constant({ warn: 0.1, stop: 0.5 })),
        from: maybe(fc.constant({ kind: "files", patterns: ["landing/*.csv"], onRemoved: "keep" })),
      })
      .map(defined),
  }),
);

const sorted = ({ checks, ...rest }: ContractSettings): unknown => ({
  ...rest,
  checks: checks.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
});

describe("round trips", () => {
  test("what is exported is imported as it was, and leaves nothing over", () => {
    fc.assert(
      fc.property(settings, (made) => {
        const document = exportContract(node("raw.orders", made));
        const text = JSON.parse(JSON.stringify(document)) as typeof document;
        expect(misfitsOf(text)).toEqual([]);
        const imported = importContract(text, 0, "raw.orders");
        expect(sorted(imported.settings)).toEqual(sorted(made));
        expect(imported.odcs).toBeUndefined();
        expect(sorted(settingsOf(node("raw.orders", imported.settings)))).toEqual(sorted(made));
      }),
      { numRuns: 300 },
    );
  });

  test("whatever a document says beyond comes out again", () => {
    const free = fc.dictionary(word, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3, noNullPrototype: true });
    fc.assert(
      fc.property(settings, free, free, word, (made, root, property, table) => {
        const base = documentOf("raw.orders", table, made);
        const [own = {}] = base["schema"] as Record<string, unknown>[];
        const properties = (own["properties"] as object[]).map((one) => ({ ...property, ...one }));
        const document = {
          ...root,
          ...base,
          schema: [{ ...property, ...own, properties: properties.toReversed() }],
        };
        const { settings: read, odcs } = importContract(document, 0, "raw.orders");
        expect(exportContract(node("raw.orders", read, odcs))).toEqual(document);
      }),
      { numRuns: 300 },
    );
  });

  test("a difference makes the one of the other, whatever they are", () => {
    const any = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const patch = difference(a, b);
        const made: unknown = patch === undefined ? a : patched(a, JSON.parse(JSON.stringify(patch)));
        expect(JSON.parse(JSON.stringify(made))).toEqual(JSON.parse(JSON.stringify(b)));
      }),
      { numRuns: 500 },
    );
  });
});

const foreign = `apiVersion: v3.1.0
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553a
version: 1.1.0
status: active
domain: seller
team: { name: seller-team }
support: [{ channel: "#sellers", url: "https://example.com" }]
slaProperties:
  - { property: latency, value: 4, unit: d, element: tbl }
  - { property: retention, value: 3, unit: y }
schema:
  - name: tbl
    physicalType: table
    description: Receivers
    properties:
      - name: rcvr_id
        primaryKey: true
        primaryKeyPosition: 1
        logicalType: string
        physicalType: varchar(18)
        required: true
        classification: restricted
        logicalTypeOptions: { format: uuid, maxLength: 36 }
      - name: cntry
        logicalType: string
        quality:
          - { metric: invalidValues, arguments: { validValues: [DE, FR] }, mustBe: 0 }
          - { metric: nullValues, mustBeLessThan: 10, unit: percent }
      - { name: at, logicalType: timestamp, required: true, logicalTypeOptions: { timezone: true } }
    quality:
      - { metric: rowCount, mustBeBetween: [1, 1000], severity: warning, name: size }
      - { type: sql, query: "select 1", mustBe: 0 }
`;

describe("a document of others", () => {
  const { document, diagnostics } = readContract("c.yaml", foreign, misfitsOf);

  test("is a contract with all that there is a word for, and says the rest again", () => {
    expect(diagnostics).toEqual([]);
    const { settings: read, odcs, unsaid } = importContract(document ?? {}, 0, "raw.receivers");
    const plain = { nullable: false, key: false, unique: false, tags: [] };
    expect(read).toEqual({
      columns: {
        rcvr_id: { ...plain, type: "text", key: true, format: "uuid", maxLength: 36 },
        cntry: { ...plain, type: "text", nullable: true, oneOf: ["DE", "FR"] },
        at: { ...plain, type: "timestamp" },
      },
      checks: [{ check: "row_count", min: 1, max: 1000, name: "size", severity: "warn" }],
      about: { description: "Receivers", owner: "seller-team", freshness: { stop: "4d" } },
    });
    expect(unsaid).toContain("schema.tbl.properties.rcvr_id.classification");
    expect(unsaid).toContain("schema.tbl.properties.cntry.quality");
    expect(exportContract(node("raw.receivers", read, odcs))).toEqual(document);
  });

  test("keeps what it said when the definition goes on", () => {
    const { settings: read, odcs } = importContract(document ?? {}, 0, "raw.receivers");
    const { cntry: _, ...kept } = read.columns;
    const more: ColumnSpec = { type: "integer", nullable: false, key: false, unique: false, tags: [] };
    const changed = exportContract(
      node("raw.receivers", { ...read, columns: { ...kept, amount: more } }, odcs),
    );
    const [table] = changed["schema"] as { properties: { name: string; classification?: string }[] }[];
    expect(table?.properties.map(({ name }) => name)).toEqual(["rcvr_id", "at", "amount"]);
    expect(table?.properties[0]?.classification).toBe("restricted");
    expect(changed).toMatchObject({ domain: "seller", version: "1.1.0" });
  });
});

describe("mistakes", () => {
  const judge = (change: (text: string) => string) =>
    readContract("c.yaml", change(foreign), misfitsOf).diagnostics.map(
      ({ line, column, message, suggestion }) => [line, column, message, suggestion],
    );

  test.each([
    [
      [
        "{ metric: rowCount, mustBeBetween: [1, 1000]",
        "{ metric: rowCount, mustBeGreaterThan: 1, mustBeLessThan: 9",
      ],
      [
        32,
        9,
        "a rule has exactly one operator, and this one has 2 operators: mustBeGreaterThan, mustBeLessThan",
      ],
    ],
    [
      ["[1, 1000]", "[3, 1]"],
      [32, 29, '"mustBeBetween" is [3, 1]: the first must be below the second'],
    ],
    [
      ["logicalType: timestamp", "logicalType: timestmp"],
      [30, 21, '"logicalType" is "timestmp", which the standard does not list', 'did you mean "timestamp"?'],
    ],
    [
      ["        classification:", "        clasification:"],
      [23, 9, 'ODCS 3.1 does not know "clasification" here'],
    ],
    [
      ["version: 1.1.0\n", ""],
      [1, 1, '"version" is missing'],
    ],
    [
      ["kind: DataContract", "kind: [DataContract"],
      [3, 1, expect.stringContaining("")],
    ],
  ])("%s is told with its place", ([from = "", to = ""], expected) => {
    expect(foreign).toContain(from);
    expect(judge((text) => text.replace(from, to))[0]).toEqual(expect.arrayContaining(expected));
  });
});

test("a pattern that matches anywhere is one that matches the whole, with the rest around it", () => {
  for (const [pattern, whole] of [
    ["^[A-Z]+$", "[A-Z]+"],
    ["^(?:a|b)$", "a|b"],
    ["^a|b$", "[\\s\\S]*(?:^a|b$)[\\s\\S]*"],
    ["^(?:a)|(?:b)$", "[\\s\\S]*(?:^(?:a)|(?:b)$)[\\s\\S]*"],
    ["x", "[\\s\\S]*(?:x)[\\s\\S]*"],
  ] as const) {
    expect(unanchored(pattern)).toBe(whole);
  }
});
