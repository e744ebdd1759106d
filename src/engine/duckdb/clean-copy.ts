import { closeSync, openSync, readSync, writeSync } from "node:fs";

/** Bytes that are written at once. */
const pieceBytes = 2 ** 20;

/** Text on its way into a file, in pieces. Errors are those of the file system. */
export class TextFile implements Disposable {
  readonly #file: number;
  #piece = Buffer.allocUnsafe(pieceBytes);
  #filled = 0;
  #closed = false;
  #empty = true;

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  /** Whether nothing was added. */
  get isEmpty(): boolean {
    return this.#empty;
  }

  add(bytes: Uint8Array): void {
    this.#empty = false;
    if (this.#filled + bytes.length > pieceBytes) this.#flush();
    if (bytes.length > pieceBytes) this.#write(bytes);
    else {
      this.#piece.set(bytes, this.#filled);
      this.#filled += bytes.length;
    }
  }

  /** May be called twice. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#flush();
    } finally {
      closeSync(this.#file);
    }
  }

  #flush(): void {
    this.#write(this.#piece.subarray(0, this.#filled));
    this.#filled = 0;
  }

  /** A disk may take less than it is given. */
  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
  }
}

/** A copy of a text file with the records that the engine can read, all with the same line end. */
export class CleanCopy implements Disposable {
  readonly #file: TextFile;
  readonly #lineEnd: Buffer;

  private constructor(file: TextFile, lineEnd: string) {
    this.#file = file;
    this.#lineEnd = Buffer.from(lineEnd);
  }

  /** Begin with the first `bytes` of a file as they are. */
  static start(source: string, bytes: number, target: string, lineEnd: string): CleanCopy {
    const copy = new CleanCopy(new TextFile(target), lineEnd);
    const from = openSync(source, "r");
    try {
      const piece = Buffer.allocUnsafe(pieceBytes);
      for (let at = 0; at < bytes;) {
        const read = readSync(from, piece, 0, Math.min(pieceBytes, bytes - at), at);
        if (read === 0) throw new Error(`${source} became shorter while it was read`);
        copy.#file.add(piece.subarray(0, read));
        at += read;
      }
    } finally {
      closeSync(from);
    }
    return copy;
  }

  add(record: Uint8Array): void {
    this.#file.add(record);
    this.#file.add(this.#lineEnd);
  }

  [Symbol.dispose](): void {
    // An empty file would be one that the engine cannot open; an empty line is no record.
    if (this.#file.isEmpty) this.#file.add(this.#lineEnd);
    this.#file[Symbol.dispose]();
  }
}
