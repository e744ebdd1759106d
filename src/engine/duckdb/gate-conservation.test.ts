/** Whatever is delivered, every record is accounted for: against a count made without the engine. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { t } from "../../define/column.ts";
import {
  deliver,
  type EngineSubject,
  land,
  openSubject,
  type Refused,
} from "../../testing/engine-subject.ts";
import { duckdbEngine } from "../duckdb.ts";

let subject: EngineSubject;
beforeAll(async () => {
  subject = await openSubject(duckdbEngine());
});
afterAll(() => subject[Symbol.asyncDispose]());

const columns = {
  id: t.integer().key(),
  word: t.text().maxLength(12).missing("-"),
  score: t.number().min(0).nullable().missing("N/A", -999),
};

/** A piece of a file with what must become of it. */
interface Piece {
  readonly text: string | Uint8Array;
  readonly outcome: "accepted" | "quarantined" | "rejected" | "nothing";
  /** The key, for what may be accepted. */
  readonly id?: number;
  /** Columns that are delivered with a coded blank. */
  readonly blanks?: readonly ("word" | "score")[];
}

/** What stands in the file, which fate each piece has, and on which line. */
interface Expected {
  readonly accepted: readonly (readonly [string, number])[];
  readonly refused: readonly (readonly [string, number, string])[];
}

/** Begins with a letter: a space behind what may be a closing quote is read in more than one way. */
const word = fc.stringMatching(/^[a-zé🐎][a-zé🐎 ]{0,5}$/u);
const id = fc.integer({ min: 0, max: 30 });

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const csvPiece: fc.Arbitrary<Piece> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(id, word)
      .map(([n, w]): Piece => ({ text: `${n},${w},`, outcome: "accepted", id: n })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(id, word, fc.constantFrom("\n", '"', ",", "\r\n")).map(([n, w, odd]): Piece => ({
      text: `${n},${quoted(`${w}${odd}${w.slice(0, 3)}`)},1.5`,
      outcome: "accepted",
      id: n,
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(id, word, fc.constantFrom("N/A", " N/A", "-999", "-999.0"))
      .map(([n, w, blank]): Piece => ({
        text: `${n},${w},${blank}`,
        outcome: "accepted",
        id: n,
        blanks: ["score"],
      })),
  },
  {
    weight: 1,
    arbitrary: id.map((n): Piece => ({
      text: `${n},-,N/A`,
      outcome: "quarantined",
      blanks: ["word", "score"],
    })),
  },
  { weight: 1, arbitrary: word.map((w): Piece => ({ text: `x,${w},`, outcome: "quarantined" })) },
  { weight: 1, arbitrary: id.map((n): Piece => ({ text: `${n},"",`, outcome: "quarantined" })) },
  {
    weight: 1,
    arbitrary: fc.tuple(id, word).map(([n, w]): Piece => ({ text: `${n},${w},-1`, outcome: "quarantined" })),
  },
  { weight: 1, arbitrary: id.map((n): Piece => ({ text: `${n},a\0b,`, outcome: "quarantined" })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("1", "1,a,2,3", "1,a", ",")
      .map((text): Piece => ({ text, outcome: "rejected" })),
  },
  { weight: 1, arbitrary: id.map((n): Piece => ({ text: `${n},"open,`, outcome: "rejected" })) },
  { weight: 1, arbitrary: id.map((n): Piece => ({ text: `${n},"a"b,`, outcome: "rejected" })) },
  {
    weight: 1,
    arbitrary: fc.constant<Piece>({ text: Buffer.from("1,caf\xe9,", "latin1"), outcome: "rejected" }),
  },
  { weight: 1, arbitrary: fc.constant<Piece>({ text: "", outcome: "nothing" }) },
);

const linePiece: fc.Arbitrary<Piece> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(id, word)
      .map(([n, w]): Piece => ({ text: JSON.stringify({ id: n, word: w }), outcome: "accepted", id: n })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(id, word).map(([n, w]): Piece => ({
      text: `  {"score":"1","word":${JSON.stringify(w)},"id":"${n}"} `,
      outcome: "accepted",
      id: n,
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(id, word, fc.constantFrom("N/A", -999)).map(([n, w, score]): Piece => ({
      text: JSON.stringify({ id: n, word: w, score }),
      outcome: "accepted",
      id: n,
      blanks: ["score"],
    })),
  },
  {
    weight: 1,
    arbitrary: id.map((n): Piece => ({
      text: JSON.stringify({ id: n, word: "".padEnd(13, "x") }),
      outcome: "quarantined",
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        "{}",
        '{"id":1.5,"word":"a"}',
        '{"id":1,"word":"\\u0000"}',
        '{"id":1,"word":"a","score":"NaN"}',
      )
      .map((text): Piece => ({ text, outcome: "quarantined" })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("nope", "[]", "null", '{"id":1', '{"id":1}{"id":2}', "1\0", "\x1e{}", '"')
      .map((text): Piece => ({ text, outcome: "rejected" })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Piece>({
      text: Buffer.from('{"id":1,"word":"\xe9"}', "latin1"),
      outcome: "rejected",
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom("", " \t").map((text): Piece => ({ text, outcome: "nothing" })) },
);

/** The bytes of a file, and how its records must end, given the keys that are taken. */
function layOut(
  name: string,
  head: string,
  pieces: readonly (readonly [Piece, string])[],
  taken: Set<number>,
): { readonly bytes: Buffer; readonly expected: Expected } {
  const accepted: [string, number][] = [];
  const refused: [string, number, string][] = [];
  const parts: (string | Uint8Array)[] = [head];
  let line = head.split("\n").length;
  for (const [piece, end] of pieces) {
    const isTaken = piece.id !== undefined && taken.has(piece.id);
    if (piece.outcome === "accepted" && !isTaken) {
      accepted.push([name, piece.id!]);
      taken.add(piece.id!);
    } else if (piece.outcome !== "nothing") {
      refused.push([name, line, piece.outcome === "rejected" ? "rejected" : "quarantined"]);
    }
    parts.push(piece.text, end);
    line += Buffer.from(piece.text).toString("latin1").split("\n").length;
  }
  return { bytes: Buffer.concat(parts.map((part) => Buffer.from(part))), expected: { accepted, refused } };
}

/** How many coded blanks stand in pieces that can be read, by column; no word of columns without. */
function blanksIn(pieces: readonly (readonly [Piece, string])[]): Record<string, number> | undefined {
  const all = pieces.flatMap(([{ blanks = [] }]) => blanks);
  const counted = ["word", "score"].map(
    (column) => [column, all.filter((one) => one === column).length] as const,
  );
  const found = counted.filter(([, values]) => values > 0);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

async function check(
  extension: string,
  head: string,
  files: readonly (readonly (readonly [Piece, string])[])[],
): Promise<void> {
  const taken = new Set<number>();
  const laidOut = files.map((pieces, index) =>
    layOut(`landing/p/${index}.${extension}`, head, pieces, taken),
  );
  const landed = [];
  for (const [index, { bytes }] of laidOut.entries())
    landed.push(await land(subject, `p/${index}.${extension}`, bytes));
  const delivered = await deliver(subject, columns, landed);
  const accepted = laidOut.flatMap(({ expected }) => expected.accepted);
  const refused = laidOut.flatMap(({ expected }) => expected.refused);
  const place = ({ file, position, outcome }: Refused): unknown[] => [file, position, outcome];
  const byPlace = (a: readonly unknown[], b: readonly unknown[]): number =>
    String(a[0]).localeCompare(String(b[0])) || Number(a[1]) - Number(b[1]);
  expect(delivered.refused.map(place).toSorted(byPlace)).toEqual(refused.toSorted(byPlace));
  expect(delivered.rows.map((row) => [row["sluice_file"], row["id"]]).toSorted(byPlace)).toEqual(
    accepted.toSorted(byPlace),
  );
  for (const { reasons } of delivered.refused) expect(reasons).not.toEqual([]);
  const { blanks, ...counts } = delivered.counts;
  expect(blanks).toEqual(blanksIn(files.flat()));
  expect(counts).toEqual({
    received: accepted.length + refused.length,
    accepted: accepted.length,
    quarantined: refused.filter(([, , outcome]) => outcome === "quarantined").length,
    rejected: refused.filter(([, , outcome]) => outcome === "rejected").length,
  });
  for (const [index, file] of landed.entries()) {
    expect(delivered.countsByFile[file.name]?.blanks).toEqual(blanksIn(files[index] ?? []));
    const { received, ...rest } = delivered.countsByFile[file.name]!;
    expect(received).toBe(rest.accepted + rest.quarantined + rest.rejected);
    expect(rest.accepted).toBe(accepted.filter(([name]) => name === file.name).length);
  }
}

const ends = fc.constantFrom("\n", "\n", "\r\n");
const delivery = (piece: fc.Arbitrary<Piece>): fc.Arbitrary<(readonly [Piece, string])[][]> =>
  fc.array(fc.array(fc.tuple(piece, ends), { maxLength: 12 }), { minLength: 1, maxLength: 3 });

describe("received = accepted + quarantined + rejected", () => {
  test("for any CSV", async () => {
    const property = fc.asyncProperty(delivery(csvPiece), (files) => check("csv", "id,word,score\n", files));
    await expect(fc.assert(property, { numRuns: 60 })).resolves.toBeUndefined();
  });

  test("for any NDJSON", async () => {
    const notEmpty = delivery(linePiece).filter((files) => files.every((pieces) => pieces.length > 0));
    const property = fc.asyncProperty(notEmpty, (files) => check("ndjson", "", files));
    await expect(fc.assert(property, { numRuns: 60 })).resolves.toBeUndefined();
  });

  test("for a CSV that several threads read, with texts of many lines", async () => {
    let seed = 7;
    const chance = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const pieces: string[] = ["id,word,score\n"];
    const bad = new Set<number>();
    const records = 150_000;
    for (let n = 0; n < records; n++) {
      const isBad = chance() < 0.001;
      if (isBad) bad.add(n);
      pieces.push(`${n},"${isBad ? "" : "w"}",0\n`, `"${records + n}","w","1"\n`);
      if (n % 3 === 0) pieces.push(`${2 * records + n},"${"\n".repeat(Math.floor(chance() * 8))}",${n}\n`);
      pieces.push(`${3 * records + n},w,"${"9".repeat(Math.floor(chance() * 90))}"\n`);
    }
    const file = await land(subject, "large.csv", pieces.join(""));
    expect(file.bytes).toBeGreaterThan(12_000_000);
    const { counts, refused } = await deliver(subject, { id: t.integer().key(), word: t.text() }, [file]);
    const received = 3 * records + Math.ceil(records / 3);
    // A text of nothing but line ends is text; one of nothing at all is none.
    const empty = pieces.filter((piece) => /^\d+,"",/.test(piece)).length;
    expect(counts).toEqual({ received, accepted: received - empty, quarantined: empty, rejected: 0 });
    expect(refused.filter(({ raw }) => bad.has(Number(raw.split(",")[0])))).toHaveLength(bad.size);
  });
});
