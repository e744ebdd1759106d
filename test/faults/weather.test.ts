/**
 * Landing directories in all weathers: files come, change, move, go, are merely touched, in every shape, and
 * some runs are killed. After each run the dataset holds exactly what lies there, as a model of it predicts.
 */
import { renameSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "../e2e/project-on-disk.ts";
import { dice, faultRuns, seed } from "./chance.ts";
import { inspect } from "./inspect-state.ts";

const columns = "id: t.integer(), word: t.text().minLength(1)";
const source = (name: string, contract: string): string => `import { files, source, t } from "sluice";
export default source({ from: files("landing/${name}/**"), columns: { ${contract} }, quarantine: { warn: 1, stop: 1 } });
`;

/** One record: how it is written, and whether the contract takes it. */
interface Line {
  readonly id: number;
  readonly word: string;
  readonly dirt: "none" | "empty" | "type" | "shape";
}

const words = ["plain", 'say "hi"', "two\nlines", "semi;colon", "com,ma", " space ", "žluť 🐎", "it's"];
const dirts: readonly Line["dirt"][] = ["none", "none", "none", "none", "empty", "type", "shape"];

function randomLines(roll: (sides: number) => number, keys: number): readonly Line[] {
  return Array.from({ length: roll(30) }, () => ({
    id: roll(keys),
    word: words[roll(words.length)] ?? "",
    dirt: dirts[roll(dirts.length)] ?? "none",
  }));
}

const quoted = (text: string): string => (/[",;\s]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The lines as a file, in one of the shapes that the same records can have. */
function written(
  lines: readonly Line[],
  shape: number,
): { readonly extension: string; readonly content: Uint8Array } {
  const [format, packed, end] = [shape % 3, shape % 2 === 1, shape % 5 === 0 ? "\r\n" : "\n"];
  const fields = ({ id, word, dirt }: Line): readonly string[] => {
    const value = dirt === "empty" ? "" : word;
    const key = dirt === "type" ? `no. ${id}` : String(id);
    return dirt === "shape" ? [key, value, "more"] : [key, value];
  };
  const csv = (separator: string): string =>
    [["id", "word"], ...lines.map(fields)]
      .map((line) => `${line.map(quoted).join(separator)}${end}`)
      .join("");
  const json = lines
    .map((line) => {
      const [id, word] = fields(line);
      const document = JSON.stringify({ word, other: [1], id: line.dirt === "type" ? id : line.id });
      return line.dirt === "shape" ? `${document.slice(0, -1)}\n` : `${document}\n`;
    })
    .join("");
  const text = format === 0 ? csv(",") : format === 1 ? csv(";") : json;
  const content = Buffer.from(text);
  const extension = `${format === 2 ? "ndjson" : "csv"}${packed ? ".gz" : ""}`;
  return { extension, content: packed ? gzipSync(content) : content };
}

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    "sluice.config.ts": `import { project } from "sluice";
export default project({ name: "weather", engine: { workers: 2, memory: "600MB" } });
`,
    "sources/raw/plain.ts": source("plain", columns),
    "sources/raw/keyed.ts": source("keyed", columns.replace("t.integer()", "t.integer().key()")),
    "models/m/words.sql": "select word, count(*) as times, sum(id) as ids from raw.plain group by word",
  });
});
afterAll(() => project[Symbol.asyncDispose]());

/** What lies in the directories, by path. */
const lying = new Map<string, readonly Line[]>();

const linesOf = (directory: string): readonly Line[] =>
  [...lying].flatMap(([path, lines]) => (path.startsWith(`landing/${directory}/`) ? lines : []));

async function deliver(roll: (sides: number) => number, number: number): Promise<void> {
  const directory = roll(2) === 0 ? "plain" : "keyed";
  const lines = randomLines(roll, directory === "keyed" ? 60 : 1000);
  const { extension, content } = written(lines, roll(30));
  const path = `landing/${directory}/${number}.${extension}`;
  await project.write({ [path]: content });
  lying.set(path, lines);
}

/** Change something about a file that lies there. */
async function disturb(roll: (sides: number) => number, number: number): Promise<void> {
  const [path, lines] = [...lying][roll(lying.size)] ?? [];
  if (path === undefined || lines === undefined) return;
  const place = join(project.root, path);
  switch (roll(4)) {
    case 0:
      rmSync(place);
      lying.delete(path);
      return;
    case 1:
      return utimesSync(place, 1e9 + number, 1e9 + number);
    case 2: {
      const moved = path.replace(/\/[^/.]*\./, `/moved-${number}.`);
      renameSync(place, join(project.root, moved));
      lying.delete(path);
      lying.set(moved, lines);
      return;
    }
    default: {
      const other = randomLines(roll, 60);
      const shape =
        Array.from({ length: 30 }, (_, index) => index).find((index) =>
          path.endsWith(`.${written(other, index).extension}`),
        ) ?? 0;
      await project.write({ [path]: written(other, shape).content });
      lying.set(path, other);
    }
  }
}

const record = ({ id, word }: Pick<Line, "id" | "word">): string => JSON.stringify({ id, word });

async function expectPrediction(): Promise<void> {
  const places = { state: join(project.root, ".sluice/state.db"), data: join(project.root, ".sluice/data") };
  const { problems, content } = await inspect(places);
  expect(problems).toEqual([]);
  const rowsOf = (dataset: string): string[] =>
    (content[dataset] ?? []).map((row) => record(JSON.parse(row) as Pick<Line, "id" | "word">)).toSorted();
  const good = (directory: string): readonly Line[] =>
    linesOf(directory).filter(({ dirt }) => dirt === "none");
  expect(rowsOf("raw.plain")).toEqual(good("plain").map(record).toSorted());
  expect(content["raw.plain__quarantine"]).toHaveLength(linesOf("plain").length - good("plain").length);
  // Which of several records has a key depends on who came first; that one has it, and nobody else, does not.
  const keyed = rowsOf("raw.keyed");
  const keys = keyed.map((row) => (JSON.parse(row) as Line).id);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(keys)).toEqual(new Set(good("keyed").map(({ id }) => id)));
  const possible = new Set(good("keyed").map(record));
  expect(keyed.filter((row) => !possible.has(row))).toEqual([]);
  expect(content["raw.keyed__quarantine"]).toHaveLength(linesOf("keyed").length - keyed.length);
  const times = (content["m.words"] ?? []).map((row) => Number((JSON.parse(row) as { times: number }).times));
  expect(times.reduce((sum, one) => sum + one, 0)).toBe(good("plain").length);
}

test(`${faultRuns * 2} days (${seed})`, async () => {
  const roll = dice("weather");
  for (let day = 1; day <= faultRuns * 2; day += 1) {
    for (let files = roll(3) + (day === 1 ? 4 : 0); files > 0; files -= 1)
      await deliver(roll, day * 10 + files);
    for (let changes = roll(3); changes > 0; changes -= 1) await disturb(roll, day * 10 + changes);
    if (roll(3) === 0) {
      const { child, ended } = project.start(["run"]);
      await sleep(roll(900));
      child.kill("SIGKILL");
      await ended;
    }
    const ran = await project.run();
    // A delivery without a line in it is worth a warning.
    const incidents = ran.events.flatMap(({ type, message }) =>
      type === "incident" && !/: empty file$|is found any more/.test(String(message)) ? [message] : [],
    );
    expect({ day, incidents, code: ran.code }).toEqual({ day, incidents: [], code: 0 });
    await expectPrediction();
  }
});
