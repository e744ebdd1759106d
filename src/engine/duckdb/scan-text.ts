/**
 * The exact reading of text files, record by record: where each begins, on which line, and what is none.
 *
 * The engine's parallel reader is fast, but on damaged input it gives up or loses its place. So it reads
 * what is clean, and this decides about the rest: an opening quote that is never closed costs the one line
 * it is on, not all that follows.
 */
import { isUtf8 } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { CleanCopy } from "./clean-copy.ts";

/** How a text file is cut into records. */
export type TextShape =
  /** `delimiter` as a byte; `columns` of the header, which is the first record. */
  | { readonly kind: "csv"; readonly delimiter: number; readonly columns: number }
  /** Each line is a record, except blank ones. */
  | { readonly kind: "lines" };

/** The longest record, in bytes. The engine's buffers are made for it. */
export const longestRecord = 16 * 2 ** 20;

/** A record that cannot be read as one. Bytes that are not UTF-8 stand in `raw` as the Latin-1 characters they are. */
export interface BrokenRecord {
  readonly line: number;
  readonly reason: string;
  readonly raw: string;
}

export interface ScanOptions {
  /** The encoding the file came in, for the reasons; by default UTF-8. */
  readonly encoding?: string;
  readonly onBroken?: (record: BrokenRecord) => void;
  /** Numbers of well-formed records that are asked for, from 1, ascending. */
  readonly wanted?: Iterator<number>;
  readonly onWanted?: (number: number, line: number, raw: string) => void;
  /** Where to put a copy that the engine can read, if it could not read the file as it is. */
  readonly copy?: string;
}

export interface ScanResult {
  /** Well-formed records. */
  readonly records: number;
  readonly broken: number;
  readonly notUtf8: number;
  /** A copy was made, with the well-formed records only. */
  readonly copied: boolean;
}

/** Read a text file from its beginning to its end. */
export async function scanText(
  path: string,
  shape: TextShape,
  options: ScanOptions = {},
): Promise<ScanResult> {
  await using file = await open(path, "r");
  const { size } = await file.stat();
  using scan = new TextScan(file, size, path, shape, options);
  return await scan.run();
}

/** What the engine is told separates fields of a file that has none: lines are its only fields. */
export const lineSeparator = "\x1e";
const separator = 0x1e;

/** Whether a text begins with the mark that some programs put before UTF-8. */
export const startsWithMark = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

const [newline, carriageReturn, quote, space, tab] = [10, 13, 34, 32, 9];

/** How a record ends: with nothing at the end of the file, else with one of the three line ends. */
type LineEnd = "" | "\n" | "\r" | "\r\n";

class TextScan implements Disposable {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #shape: TextShape;
  readonly #options: ScanOptions;
  /** A stretch of the file: bytes `#start` to `#end` are still to be read. */
  readonly #window: Buffer;
  #start = 0;
  #end = 0;
  /** Offset in the file of the window's first byte. */
  #offset = 0;
  #atEnd = false;
  /** Whether all whole lines in the window are UTF-8. */
  #valid = true;
  /** Whether lines end with `\n` only, and hold nothing that the engine would stumble over. */
  #plain = true;
  #line = 1;
  #records = 0;
  #broken = 0;
  #notUtf8 = 0;
  #lineEnd: LineEnd = "";
  #copy: CleanCopy | undefined;
  #headerSeen: boolean;
  #wanted: number | undefined;
  readonly #notText: string;

  // What `#next` found.
  #bodyEnd = 0;
  #after = 0;
  #found: LineEnd = "";
  #lines = 0;
  #fault: string | undefined;
  /** The fault is such that nobody knows where the record ends. */
  #openEnded = false;
  #blank = false;

  constructor(file: FileHandle, size: number, path: string, shape: TextShape, options: ScanOptions) {
    this.#file = file;
    this.#path = path;
    this.#shape = shape;
    this.#options = options;
    this.#notText = `not valid ${options.encoding ?? "utf-8"}`;
    // One byte more than a small file has tells that it ended; the last byte is a sentinel.
    this.#window = Buffer.allocUnsafe(Math.min(size, longestRecord + 2 ** 22) + 2);
    this.#headerSeen = shape.kind === "lines";
    this.#wanted = this.#nextWanted();
  }

  async run(): Promise<ScanResult> {
    do {
      await this.#fill();
      this.#readWindow();
    } while (!this.#atEnd);
    return {
      records: this.#records,
      broken: this.#broken,
      notUtf8: this.#notUtf8,
      copied: this.#copy !== undefined,
    };
  }

  [Symbol.dispose](): void {
    this.#copy?.[Symbol.dispose]();
  }

  /** All records that end in the window. */
  #readWindow(): void {
    if (this.#offset === 0 && this.#start === 0 && startsWithMark(this.#window)) this.#start = 3;
    while (this.#start < this.#end) {
      if (this.#next()) this.#take();
      else if (this.#end - this.#start >= longestRecord)
        this.#refuseLine(`longer than ${longestRecord >> 20} MB`);
      else return;
    }
  }

  async #fill(): Promise<void> {
    this.#window.copyWithin(0, this.#start, this.#end);
    this.#offset += this.#start;
    this.#end -= this.#start;
    this.#start = 0;
    while (!this.#atEnd && this.#end < this.#window.length - 1) {
      const room = this.#window.length - 1 - this.#end;
      const { bytesRead } = await this.#file.read(this.#window, this.#end, room, this.#offset + this.#end);
      if (bytesRead === 0) this.#atEnd = true;
      this.#end += bytesRead;
    }
    this.#window[this.#end] = newline;
    // A line end is never part of a character, so a stretch that ends there is valid or not by itself.
    const lastLine = (byte: number): number => this.#window.lastIndexOf(byte, this.#end - 1) + 1;
    const whole = this.#atEnd ? this.#end : Math.max(lastLine(newline), lastLine(carriageReturn));
    const text = this.#window.subarray(0, whole);
    this.#valid = isUtf8(text);
    this.#plain = !text.includes(carriageReturn) && !text.includes(separator);
  }

  /** Find the end of the record at `#start`. False where the window ends before it does. */
  #next(): boolean {
    this.#fault = undefined;
    this.#openEnded = false;
    this.#lines = 0;
    this.#blank = false;
    return this.#shape.kind === "lines"
      ? this.#nextLine()
      : this.#nextCsv(this.#shape.delimiter, this.#shape.columns);
  }

  #nextLine(): boolean {
    const window = this.#window;
    let at = this.#start;
    if (this.#plain) {
      while (window[at] === space || window[at] === tab) at++;
      this.#blank = window[at] === newline;
      return this.#finish(window.indexOf(newline, at));
    }
    let separated = false;
    let empty = true;
    for (at = this.#start; window[at] !== newline && window[at] !== carriageReturn; at++) {
      // Never part of JSON, and what the engine is told separates fields: it ignores those without content.
      if (window[at] === separator) separated = true;
      else if (separated && window[at] === 0) continue;
      else if (separated) this.#fault = "not valid JSON";
      else if (window[at] !== space && window[at] !== tab) empty = false;
    }
    if (this.#fault === undefined) this.#blank = empty;
    return this.#finish(at);
  }

  /** The record's last byte is before `at`, where a line end stands, or the sentinel. */
  #finish(at: number): boolean {
    const atEnd = at >= this.#end;
    const paired = this.#window[at] === carriageReturn && this.#window[at + 1] === newline;
    if (!this.#atEnd && (atEnd || (this.#window[at] === carriageReturn && at + 1 >= this.#end))) return false;
    this.#bodyEnd = Math.min(at, this.#end);
    this.#found = atEnd
      ? ""
      : paired && at + 1 < this.#end
        ? "\r\n"
        : this.#window[at] === newline
          ? "\n"
          : "\r";
    this.#after = this.#bodyEnd + this.#found.length;
    this.#lines += 1;
    return true;
  }

  #nextCsv(delimiter: number, columns: number): boolean {
    const window = this.#window;
    const end = this.#end;
    let at = this.#start;
    let fields = 0;
    let surplus = false;
    let empty = true;
    for (;;) {
      let filled: boolean;
      // The engine takes one space before a quote for nothing, and more for text.
      if (window[at] === space && window[at + 1] === quote) at++;
      if (window[at] === quote && at < end) {
        const closed = this.#endOfQuoted(at + 1);
        if (closed === undefined) return false;
        if (closed < 0) return true;
        filled = closed > at + 2;
        at = closed;
        while (window[at] === space) at++;
        const byte = window[at];
        if (at < end && byte !== delimiter && byte !== newline && byte !== carriageReturn) {
          return this.#giveUp("text behind a closing quote");
        }
      } else {
        const from = at;
        let byte = window[at];
        while (byte !== delimiter && byte !== newline && byte !== carriageReturn) byte = window[++at];
        filled = at > from;
      }
      fields++;
      if (filled) empty = false;
      if (filled && fields > columns) surplus = true;
      if (at < end && window[at] === delimiter) at++;
      else break;
    }
    this.#blank = columns === 1 ? empty : at === this.#start;
    if (!this.#blank && (fields < columns || surplus)) {
      this.#fault = `${fields} field${fields === 1 ? "" : "s"} instead of ${columns}`;
    }
    return this.#finish(at);
  }

  #giveUp(fault: string): true {
    this.#fault = fault;
    this.#openEnded = true;
    return true;
  }

  /** The offset behind the closing quote; undefined if the window ends first, -1 if the file does. */
  #endOfQuoted(from: number): number | undefined {
    const window = this.#window;
    let at = from;
    for (;;) {
      const byte = window[at];
      if (at >= this.#end) {
        if (!this.#atEnd) return undefined;
        this.#giveUp("a quote that is never closed");
        return -1;
      }
      if (byte === newline) this.#lines++;
      else if (byte === quote) {
        if (at + 1 >= this.#end && !this.#atEnd) return undefined;
        if (window[at + 1] !== quote || at + 1 >= this.#end) return at + 1;
        at++;
      }
      at++;
    }
  }

  /** A record was found: count it, refuse it or pass over it. */
  #take(): void {
    const fault = this.#fault;
    this.#lineEnd ||= this.#found;
    if (!this.#headerSeen) {
      // What is wrong with a header is said before anything is read.
      this.#headerSeen = true;
      this.#advance();
      return;
    }
    if (this.#openEnded) return this.#refuseLine(fault ?? "");
    // The engine gives up on a file whose lines end in different ways.
    if (this.#found !== this.#lineEnd && this.#found !== "") this.#startCopy();
    if (this.#blank) this.#advance();
    else if (!this.#valid && !isUtf8(this.#body())) this.#refuse(this.#notText);
    else if (fault !== undefined) this.#refuse(fault);
    else this.#keep();
  }

  #keep(): void {
    this.#records++;
    this.#copy?.add(this.#body());
    if (this.#records === this.#wanted) {
      this.#options.onWanted?.(this.#records, this.#line, this.#body().toString());
      this.#wanted = this.#nextWanted();
    }
    this.#advance();
  }

  #body(): Buffer {
    return this.#window.subarray(this.#start, this.#bodyEnd);
  }

  #advance(): void {
    this.#start = this.#after;
    this.#line += this.#lines;
  }

  /** The record is broken beyond its line: give up that line, and go on with the next. */
  #refuseLine(reason: string): void {
    const window = this.#window;
    let at = this.#start;
    while (window[at] !== newline && window[at] !== carriageReturn) at++;
    const atEnd = this.#atEnd;
    // The rest of a line that does not end in the window belongs to the record that is refused.
    if (at >= this.#end) this.#atEnd = true;
    this.#lines = 0;
    this.#finish(at);
    this.#atEnd = atEnd;
    this.#refuse(isUtf8(this.#body()) ? reason : this.#notText);
  }

  #refuse(reason: string): void {
    this.#startCopy();
    this.#broken++;
    if (reason === this.#notText) this.#notUtf8++;
    const raw = this.#body().toString(isUtf8(this.#body()) ? "utf8" : "latin1");
    this.#options.onBroken?.({ line: this.#line, reason, raw });
    this.#advance();
  }

  /** Everything before this record is fine as it stands. */
  #startCopy(): void {
    if (this.#copy || this.#options.copy === undefined) return;
    const fine = this.#offset + this.#start;
    this.#copy = CleanCopy.start(this.#path, fine, this.#options.copy, this.#lineEnd || "\n");
  }

  #nextWanted(): number | undefined {
    const next = this.#options.wanted?.next();
    return next?.done === false ? next.value : undefined;
  }
}
