/** Text files in other forms, brought to plain UTF-8: unpacked, and out of other encodings. */
import { createReadStream, createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { FileOptions } from "../../define/source.ts";

type Encoding = NonNullable<FileOptions["encoding"]>;

/** Bytes that are not a character in the other encoding become this, which is none in UTF-8 either. */
const noCharacter = Buffer.from([0xff]);

/** The packed file is cut off or damaged. */
export class DamagedArchive extends Error {}

/** Write a file's text in UTF-8 to another file. Errors: `DamagedArchive`, and those of the file system. */
export async function writePlainText(
  path: string,
  output: string,
  form: { readonly gzip: boolean; readonly encoding: Encoding },
): Promise<void> {
  const steps = [
    ...(form.gzip ? [createGunzip()] : []),
    ...(form.encoding === "utf-8" ? [] : [form.encoding === "latin-1" ? fromLatin1() : fromUtf16()]),
  ];
  try {
    await pipeline([createReadStream(path), ...steps, createWriteStream(output)]);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!code.startsWith("Z_")) throw error;
    throw new DamagedArchive(error instanceof Error ? error.message : code, { cause: error });
  }
}

function fromLatin1(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, Buffer.from(chunk.toString("latin1")));
    },
  });
}

/** With or without the mark that tells the order of bytes; without it the lower byte comes first. */
function fromUtf16(): Transform {
  let rest = Buffer.alloc(0);
  let swapped: boolean | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = Buffer.concat([rest, chunk]);
      swapped ??= bytes.length < 2 ? undefined : bytes[0] === 0xfe && bytes[1] === 0xff;
      let whole = bytes.length - (bytes.length % 2);
      const last =
        whole < 2 ? 0 : swapped === true ? bytes.readUInt16BE(whole - 2) : bytes.readUInt16LE(whole - 2);
      // The first half of a pair waits for the second.
      if (last >= 0xd800 && last < 0xdc00) whole -= 2;
      rest = Buffer.from(bytes.subarray(whole));
      const text = Buffer.from(bytes.subarray(0, whole));
      done(null, toUtf8((swapped === true ? text.swap16() : text).toString("utf16le")));
    },
    flush(done) {
      done(null, rest.length === 0 ? undefined : noCharacter);
    },
  });
}

function toUtf8(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
  const pieces = text.split(halves).map((piece) => Buffer.from(piece));
  return Buffer.concat(pieces.flatMap((piece, index) => (index === 0 ? [piece] : [noCharacter, piece])));
}
