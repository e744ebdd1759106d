/**
 * JSON documents, taken apart into one record a line without ever holding a document in memory. Only the
 * way to the records is read as JSON; what stands in a record is judged later, record by record.
 */
import { type FileHandle, open } from "node:fs/promises";
import { TextFile } from "./clean-copy.ts";
import type { Step } from "./records-path.ts";
import { longestRecord } from "./scan-text.ts";

/** Why a document cannot be taken apart. */
export interface JsonProblem {
  readonly line: number;
  readonly message: string;
}

/**
 * Write the records of a JSON file to another file, each on a line of its own. Without `steps` the records
 * are the elements of an array, or else the values that follow each other.
 */
export async function splitJson(
  path: string,
  output: string,
  steps: readonly Step[] | undefined,
): Promise<JsonProblem | undefined> {
  await using file = await open(path, "r");
  using out = new TextFile(output);
  const splitter = new JsonSplitter(file, out, steps);
  try {
    await splitter.run();
    return undefined;
  } catch (error) {
    if (error instanceof Malformed) return { line: splitter.line, message: error.message };
    throw error;
  }
}

class Malformed extends Error {}

const codes = {
  quote: 34,
  backslash: 92,
  newline: 10,
  carriageReturn: 13,
  space: 32,
  tab: 9,
  comma: 44,
  colon: 58,
};
const [openBrace, closeBrace, openBracket, closeBracket] = [123, 125, 91, 93];
const lineFeed = Buffer.from("\n");
const chunkBytes = 2 ** 20;

/** How far into a value the reading is; it goes on where the bytes ran out. */
interface Progress {
  /** Closing brackets still to come, innermost last. */
  readonly closers: number[];
  inText: boolean;
  escaped: boolean;
  /** A number or a word has begun. */
  inWord: boolean;
  bytes: number;
}

class JsonSplitter {
  line = 1;
  readonly #file: FileHandle;
  readonly #out: TextFile;
  readonly #steps: readonly Step[] | undefined;
  readonly #chunk = Buffer.allocUnsafe(chunkBytes);
  #at = 0;
  #end = 0;
  #records = 0;

  constructor(file: FileHandle, out: TextFile, steps: readonly Step[] | undefined) {
    this.#file = file;
    this.#out = out;
    this.#steps = steps;
  }

  async run(): Promise<void> {
    await this.#fill();
    if (this.#chunk.subarray(0, this.#end).subarray(0, 3).equals(Buffer.from("\ufeff"))) this.#at = 3;
    for (let byte = await this.#peek(); byte !== undefined; byte = await this.#peek()) {
      const steps = this.#steps ?? (byte === openBracket ? [{ into: "each" as const }] : []);
      if (!(await this.#walk(steps, 0))) throw new Malformed(`no array at ${pathText(steps)}`);
    }
  }

  /** False where the way does not exist. Behind the first array a way that does not exist leads to no records. */
  async #walk(steps: readonly Step[], index: number): Promise<boolean> {
    const step = steps[index];
    if (!step) {
      await this.#emit();
      return true;
    }
    const byte = await this.#peek();
    if (step.into === "key" && byte === openBrace) return this.#walkObject(step.key, steps, index);
    if (step.into === "each" && byte === openBracket) {
      await this.#walkArray(steps, index);
      return true;
    }
    await this.#skip();
    return false;
  }

  async #walkArray(steps: readonly Step[], index: number): Promise<void> {
    this.#at++;
    for (;;) {
      if ((await this.#expect("an array")) === closeBracket) break;
      await this.#walk(steps, index + 1);
      const byte = await this.#expect("an array");
      if (byte === codes.comma) this.#at++;
      else if (byte !== closeBracket) throw this.#unexpected(byte);
    }
    this.#at++;
  }

  async #walkObject(key: string, steps: readonly Step[], index: number): Promise<boolean> {
    this.#at++;
    let found = false;
    for (;;) {
      const first = await this.#expect("an object");
      if (first === closeBrace) break;
      if (first !== codes.quote) throw this.#unexpected(first);
      const name = await this.#text();
      const colon = await this.#expect("an object");
      if (colon !== codes.colon) throw this.#unexpected(colon);
      this.#at++;
      if (name === key && !found) found = await this.#walk(steps, index + 1);
      else await this.#skip();
      const byte = await this.#expect("an object");
      if (byte === codes.comma) this.#at++;
      else if (byte !== closeBrace) throw this.#unexpected(byte);
    }
    this.#at++;
    return found;
  }

  /** The next byte that is not space; undefined at the end of the file. */
  async #peek(): Promise<number | undefined> {
    for (;;) {
      while (this.#at < this.#end) {
        const byte = this.#chunk[this.#at] ?? 0;
        if (byte === codes.newline) this.line++;
        else if (byte !== codes.space && byte !== codes.tab && byte !== codes.carriageReturn) return byte;
        this.#at++;
      }
      if (!(await this.#fill())) return undefined;
    }
  }

  async #expect(inside: string): Promise<number> {
    const byte = await this.#peek();
    if (byte === undefined) throw new Malformed(`not complete: the file ends inside ${inside}`);
    return byte;
  }

  #unexpected(byte: number): Malformed {
    const shown = byte > 32 && byte < 127 ? `"${String.fromCharCode(byte)}"` : `a byte ${byte}`;
    return new Malformed(`not valid JSON: unexpected ${shown}`);
  }

  /** A key. Its bytes are few, so it may be put together. */
  async #text(): Promise<string> {
    const pieces: Buffer[] = [];
    await this.#consume((piece) => pieces.push(Buffer.from(piece)));
    try {
      return JSON.parse(Buffer.concat(pieces).toString()) as string;
    } catch {
      throw new Malformed("not valid JSON: a key that is no text");
    }
  }

  async #skip(): Promise<void> {
    await this.#consume(() => undefined);
  }

  async #emit(): Promise<void> {
    this.#records++;
    await this.#consume((piece) => this.#out.add(piece), longestRecord);
    this.#out.add(lineFeed);
  }

  /** Hand over the bytes of one value. Line ends between its parts become spaces. */
  async #consume(take: (piece: Uint8Array) => void, longest = Number.POSITIVE_INFINITY): Promise<void> {
    const first = await this.#expect("a document");
    if (!startsValue(first)) throw this.#unexpected(first);
    const progress: Progress = { closers: [], inText: false, escaped: false, inWord: false, bytes: 0 };
    for (;;) {
      const from = this.#at;
      const ended = this.#advance(progress);
      progress.bytes += this.#at - from;
      if (progress.bytes > longest) {
        throw new Malformed(`record ${this.#records} is longer than ${longest >> 20} MB`);
      }
      take(this.#chunk.subarray(from, this.#at));
      if (ended) return;
      if (await this.#fill()) continue;
      if (progress.inWord && progress.closers.length === 0) return;
      throw new Malformed(`not complete: the file ends inside ${progress.inText ? "a text" : "a value"}`);
    }
  }

  /** Go on through a value. True where it ends; false where the bytes do. */
  #advance(progress: Progress): boolean {
    const { closers } = progress;
    const chunk = this.#chunk;
    while (this.#at < this.#end) {
      const byte = chunk[this.#at] ?? 0;
      if (progress.inText) {
        this.#at++;
        if (progress.escaped) progress.escaped = false;
        else if (byte === codes.backslash) progress.escaped = true;
        else if (byte === codes.quote) {
          progress.inText = false;
          if (closers.length === 0) return true;
        } else if (byte === codes.newline || byte === codes.carriageReturn) {
          throw new Malformed("not valid JSON: a line ends inside a text");
        }
        continue;
      }
      if (closers.length === 0 && progress.inWord && endsWord(byte)) return true;
      this.#at++;
      if (byte === codes.quote) progress.inText = true;
      else if (byte === openBrace) closers.push(closeBrace);
      else if (byte === openBracket) closers.push(closeBracket);
      else if (byte === closeBrace || byte === closeBracket) {
        if (closers.pop() !== byte) throw this.#unexpected(byte);
        if (closers.length === 0) return true;
      } else if (byte === codes.newline || byte === codes.carriageReturn) {
        if (byte === codes.newline) this.line++;
        chunk[this.#at - 1] = codes.space;
      } else progress.inWord = true;
    }
    return false;
  }

  async #fill(): Promise<boolean> {
    const { bytesRead } = await this.#file.read(this.#chunk, 0, chunkBytes, null);
    this.#at = 0;
    this.#end = bytesRead;
    return bytesRead > 0;
  }
}

/** A text, an object, an array, a number or a word. */
const startsValue = (byte: number): boolean =>
  byte === codes.quote ||
  byte === openBrace ||
  byte === openBracket ||
  /[-0-9a-zA-Z]/.test(String.fromCharCode(byte));

const endsWord = (byte: number): boolean =>
  byte === codes.comma || byte === closeBrace || byte === closeBracket || byte <= codes.space;

const pathText = (steps: readonly Step[]): string =>
  `$${steps
    .slice(
      0,
      steps.findIndex(({ into }) => into === "each"),
    )
    .map((step) => (step.into === "key" ? `.${step.key}` : ""))
    .join("")}`;
