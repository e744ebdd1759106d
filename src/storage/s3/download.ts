import type { S3 } from "@aws-sdk/client-s3";
import { createHash, type Hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isBroken, isNamed } from "./failure.ts";

/** What an object is read for: where its bytes go, in order. */
export interface Sink {
  /** How many bytes there should be; an object of another length is not read at all. */
  readonly bytes?: number;
  write(chunk: Uint8Array): Promise<unknown>;
}

/** What came of reading an object. */
export type Downloaded =
  | { readonly kind: "whole"; readonly sha256: string }
  | { readonly kind: "missing" }
  | { readonly kind: "length"; readonly bytes: number };

/** How often a connection may break without a single byte between. */
const attempts = 5;

/**
 * Read an object from its beginning to its end; where the connection breaks on the way it is read on from there.
 * Errors: the library's own.
 */
export async function download(
  s3: S3,
  object: { readonly Bucket: string; readonly Key: string },
  sink: Sink,
  signal: AbortSignal,
): Promise<Downloaded> {
  const hash = createHash("sha256");
  let done = 0;
  let broken = 0;
  for (;;) {
    const before = done;
    try {
      const { Body, ContentLength = 0 } = await s3.getObject(
        { ...object, ...(done === 0 ? {} : { Range: `bytes=${done}-` }) },
        { abortSignal: signal },
      );
      const bytes = done + ContentLength;
      if (sink.bytes !== undefined && bytes !== sink.bytes) {
        // Nobody reads what is on its way.
        (Body as { destroy?: () => void } | undefined)?.destroy?.();
        return { kind: "length", bytes };
      }
      for await (const chunk of chunksOf(Body, signal)) {
        await sink.write(absorbed(chunk, hash));
        done += chunk.length;
      }
      if (done < bytes) throw Object.assign(new Error("the connection ended early"), { code: "EPIPE" });
      return { kind: "whole", sha256: hash.digest("hex") };
    } catch (error) {
      if (isNamed(error, "NoSuchKey")) return { kind: "missing" };
      broken = done > before ? 0 : broken + 1;
      if (signal.aborted || !isBroken(error) || broken >= attempts) throw error;
      await sleep(100 * 2 ** broken, undefined, { signal });
    }
  }
}

function absorbed(chunk: Uint8Array, hash: Hash): Uint8Array {
  hash.update(chunk);
  return chunk;
}

/** What comes, until nobody wants it any more. */
async function* chunksOf(body: unknown, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted();
    yield chunk;
  }
}
