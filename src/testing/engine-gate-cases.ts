import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { t } from "../define/column.ts";
import { deliver, type EngineCase, engineCase, land } from "./engine-subject.ts";

const comments = {
  id: t.integer().key(),
  body: t.text().minLength(1),
  at: t.timestamp(),
  score: t.number().max(100).nullable(),
};

const row = (id: number, body = "hi", file = "landing/a.csv"): Record<string, unknown> => ({
  id,
  body,
  at: "2026-03-02T10:00:00.000Z",
  score: null,
  sluice_file: file,
});

/** The same two records in every format, as text or bytes by file name. */
const formats: Readonly<Record<string, string | Uint8Array>> = {
  "a.csv": "id,body,at,score\n1,hi,2026-03-02T10:00:00Z,\n2,hi,2026-03-02 10:00:00,\n",
  "a.tsv": "at\tid\tbody\n2026-03-02T11:00:00+01:00\t1\thi\n2026-03-02T10:00:00Z\t2\thi\n",
  "a.ndjson":
    '{"id":1,"body":"hi","at":"2026-03-02T10:00:00Z"}\n\n{"id":"2","body":"hi","at":"2026-03-02T10:00:00.000Z","score":null}\n',
  "a.json":
    '[{"id":1,"body":"hi","at":"2026-03-02T10:00:00Z"},\n {"id":2,"body":"hi","at":"2026-03-02 10:00"}]',
};

export const engineGateCases: readonly EngineCase[] = [
  ...Object.entries(formats).flatMap(([name, content]) =>
    [name, `${name}.gz`].map((file) =>
      engineCase(`records of ${file} are accepted`, async (subject) => {
        const bytes = file.endsWith(".gz") ? gzipSync(content) : content;
        const landed = await land(subject, file, bytes);
        const delivered = await deliver(subject, comments, [landed]);
        assert.deepEqual(delivered.rows, [row(1, "hi", landed.name), row(2, "hi", landed.name)]);
        const counts = { received: 2, accepted: 2, quarantined: 0, rejected: 0 };
        assert.deepEqual(delivered.counts, counts);
        assert.deepEqual(delivered.countsByFile, { [landed.name]: counts });
        assert.deepEqual(delivered.problems, []);
        const [id] = delivered.accepted[0]?.columns ?? [];
        assert.deepEqual(id, { name: "id", engineType: "BIGINT", nulls: 0, min: "1", max: "2" });
      }),
    ),
  ),
  engineCase("a text that is not of its format is refused, and a null is not", async (subject) => {
    const columns = {
      id: t.integer(),
      mail: t.text().format("email").nullable(),
      iban: t.text().format("iban"),
    };
    const lines = [
      "id,mail,iban",
      "1,ann@example.com,DE89370400440532013000",
      "2,,GB82WEST12345698765432",
      "3,ann,DE89370400440532013001",
    ];
    const { rows, refused } = await deliver(subject, columns, [
      await land(subject, "a.csv", `${lines.join("\n")}\n`),
    ]);
    assert.deepEqual(
      rows.map(({ id }) => id),
      [1, 2],
    );
    assert.deepEqual(
      refused.map(({ reasons }) => reasons),
      [["mail: not an email address", "iban: not an IBAN"]],
    );
  }),
  engineCase("a coded blank is a null, and no other value is", async (subject) => {
    const columns = {
      id: t.integer(),
      n: t.integer().min(0).missing(-999, "N/A").nullable(),
      word: t.text().missing("-"),
    };
    const text = "id,n,word\n1,-999,a\n2,-999.0,b\n3, N/A ,c\n4,-998,d\n5,1,-\n6,7,--\n7,n/a,e\n";
    const { rows, refused, counts } = await deliver(subject, columns, [await land(subject, "a.csv", text)]);
    assert.deepEqual(counts, {
      received: 7,
      accepted: 4,
      quarantined: 3,
      rejected: 0,
      blanks: { n: 3, word: 1 },
    });
    assert.deepEqual(
      rows.map(({ id, n }) => [id, n]),
      [
        [1, null],
        [2, null],
        [3, null],
        [6, 7],
      ],
    );
    assert.deepEqual(
      refused.map(({ position, reasons }) => [position, ...reasons]),
      [
        [5, "n: below 0"],
        [6, "word: required"],
        [8, "n: not an integer"],
      ],
    );
  }),
  engineCase("a long list of values refuses what is not in it", async (subject) => {
    const words = Array.from({ length: 40 }, (_, index) => `w${index}`);
    const columns = {
      id: t.integer().oneOf(1, 2, 3, 4, 5, 6, 7, 8),
      word: t
        .text()
        .oneOf(...words)
        .nullable(),
      day: t.date().oneOf(...words.map((_, index) => `2024-01-${String((index % 28) + 1).padStart(2, "0")}`)),
    };
    const text = "id,word,day\n1,w1,2024-01-02\n9,w2,2024-01-02\n3,x,2024-02-02\n4,,2024-01-28\n";
    const { rows, refused } = await deliver(subject, columns, [await land(subject, "a.csv", text)]);
    assert.deepEqual(
      rows.map(({ id }) => id),
      [1, 4],
    );
    assert.deepEqual(
      refused.map(({ position, reasons }) => [position, reasons.length]),
      [
        [3, 1],
        [4, 2],
      ],
    );
  }),
  engineCase(
    "a refused record keeps its file, line, reasons and text, and every other goes on",
    async (subject) => {
      const text = [
        "id,body,at,score",
        "1,hi,2026-03-02T10:00:00Z,",
        '2,"two',
        'lines",yesterday,101',
        "3,hi",
        ",hi,2026-03-02T10:00:00Z,7",
        "4,hi,2026-03-02T10:00:00Z,",
        "",
      ];
      const { rows, refused, counts, reasons } = await deliver(subject, comments, [
        await land(subject, "a.csv", text.join("\n")),
      ]);
      assert.deepEqual(rows, [row(1), row(4)]);
      const file = "landing/a.csv";
      assert.deepEqual(refused, [
        {
          file,
          position: 3,
          outcome: "quarantined",
          reasons: ["at: not a timestamp", "score: above 100"],
          raw: `${text[2]}\n${text[3]}`,
        },
        { file, position: 5, outcome: "rejected", reasons: ["2 fields instead of 4"], raw: text[4] },
        { file, position: 6, outcome: "quarantined", reasons: ["id: required"], raw: text[5] },
      ]);
      assert.deepEqual(counts, { received: 5, accepted: 2, quarantined: 2, rejected: 1 });
      assert.equal(reasons.length, 4);
    },
  ),
  engineCase(
    "the first delivered keeps its key: rows from before, then files in order, then lines",
    async (subject) => {
      const before = await deliver(subject, comments, [
        await land(subject, "before.csv", formats["a.csv"] ?? ""),
      ]);
      const line = (id: number, body: string): string => `${id},${body},2026-03-02T10:00:00Z,\n`;
      const files = [
        await land(
          subject,
          "b.csv",
          `id,body,at,score\n${line(2, "late")}${line(3, "first")}${line(3, "second")}`,
        ),
        await land(subject, "a.csv", `id,body,at,score\n${line(4, "other")}${line(3, "third")}`),
      ];
      const existing = { files: before.accepted.map(({ path }) => path) };
      const { rows, refused, countsByFile } = await deliver(subject, comments, files, { existing });
      assert.deepEqual(
        rows.map(({ id, body }) => [id, body]),
        [
          [3, "first"],
          [4, "other"],
        ],
      );
      assert.deepEqual(
        refused.map(({ file, position, reasons }) => [file, position, ...reasons]),
        [
          ["landing/b.csv", 2, "key (id): duplicate"],
          ["landing/b.csv", 4, "key (id): duplicate"],
          ["landing/a.csv", 3, "key (id): duplicate"],
        ],
      );
      assert.deepEqual(countsByFile["landing/b.csv"], {
        received: 3,
        accepted: 1,
        quarantined: 2,
        rejected: 0,
      });
    },
  ),
  engineCase(
    "a file that cannot be read contributes nothing, and all of them are told at once",
    async (subject) => {
      const files = [
        await land(subject, "empty.csv", ""),
        await land(subject, "header.csv", "id,bdy,at\n1,hi,2026-03-02\n"),
        await land(subject, "half.json", '[{"id":1,'),
        await land(subject, "half.parquet", "PAR1 and no more"),
        await land(subject, "a.csv", formats["a.csv"] ?? ""),
        { path: "/nowhere/gone.csv", name: "landing/gone.csv", bytes: 1 },
      ];
      const { rows, problems } = await deliver(subject, comments, files);
      assert.deepEqual(rows, [row(1), row(2)]);
      assert.deepEqual(
        problems.map(({ file, severity }) => [file, severity]),
        [
          ["landing/empty.csv", "warn"],
          ["landing/header.csv", "stop"],
          ["landing/half.json", "stop"],
          ["landing/half.parquet", "stop"],
          ["landing/gone.csv", "stop"],
        ],
      );
    },
  ),
  engineCase("a delivery of nothing is nothing", async (subject) => {
    const { accepted, quarantine, counts } = await deliver(subject, comments, []);
    assert.deepEqual([accepted, quarantine], [[], []]);
    assert.deepEqual(counts, { received: 0, accepted: 0, quarantined: 0, rejected: 0 });
  }),
];
