/** Writing landing files: in pieces and in order, so that no more than one piece is ever in memory. */
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Alphabet } from "./text.ts";

/** Bytes kept back until written together. */
const PIECE = 64 * 1024;

/** A file being written. Nothing is complete before `close`. */
export interface LandingFile {
  write(text: string): void;
  /** Returns the bytes now on disk. */
  close(): Promise<number>;
}

/** Create or replace a file, with its folder. `latin-1` text has to be within Latin-1. */
export function createFile(path: string, alphabet: Alphabet = "unicode"): LandingFile {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w");
  const piece = pieceOf(alphabet, (bytes) => writeSync(file, bytes));
  return {
    write: (text) => piece.write(text),
    async close() {
      piece.end();
      closeSync(file);
      return piece.written;
    },
  };
}

/** Create or replace a gzip file: written plain beside it, then compressed in a stream when closed. */
export function createGzipFile(path: string): LandingFile {
  const plain = `${path}.part`;
  const file = createFile(plain);
  return {
    write: (text) => file.write(text),
    async close() {
      await file.close();
      await pipeline(createReadStream(plain), createGzip({ level: 4 }), createWriteStream(path));
      rmSync(plain);
      return statSync(path).size;
    },
  };
}

interface Piece {
  readonly written: number;
  write(text: string): void;
  /** Sends what is left; nothing may be written afterwards. */
  end(): void;
}

/** Blocks that no open file uses at the moment. */
const blocks: Buffer[] = [];

/** Collects text as bytes: joining strings instead would leave megabytes of them for the garbage collector. */
function pieceOf(alphabet: Alphabet, send: (bytes: Buffer) => void): Piece {
  const encoding = alphabet === "latin-1" ? "latin1" : "utf8";
  const block = blocks.pop() ?? Buffer.allocUnsafeSlow(PIECE);
  let [filled, written] = [0, 0];
  const pass = (bytes: Buffer) => {
    send(bytes);
    written += bytes.length;
  };
  const flush = () => {
    if (filled > 0) pass(block.subarray(0, filled));
    filled = 0;
  };
  return {
    get written() {
      return written;
    },
    write(text) {
      // A UTF-16 unit takes three bytes of UTF-8 at most.
      const most = text.length * 3;
      if (filled + most > PIECE) flush();
      if (most > PIECE) pass(Buffer.from(text, encoding));
      else filled += block.write(text, filled, encoding);
    },
    end() {
      flush();
      blocks.push(block);
    },
  };
}
