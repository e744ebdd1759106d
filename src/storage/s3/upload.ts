import type { CompletedPart, S3 } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { isNamed } from "./failure.ts";

/** What came of keeping an object: `taken` where there is one under the key already. */
export interface Uploaded {
  readonly kind: "kept" | "taken";
  readonly bytes: number;
  readonly sha256: string;
}

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

/** Larger files are sent in parts of this many bytes, several at once. The service takes at least 5 MiB. */
const partBytes = 16 << 20;
const partsAtOnce = 3;
/** The service takes 10,000. */
const mostParts = 9000;

/**
 * Send a file, unless the key has an object. The server compares every part with the checksum that comes with it, and
 * shows the object once it is whole. Errors: the library's own.
 */
export async function upload(
  s3: S3,
  target: Target,
  file: FileHandle,
  signal: AbortSignal,
): Promise<Uploaded> {
  const { size } = await file.stat();
  return size <= partBytes
    ? sendWhole(s3, target, await readPart(file, 0, size), signal)
    : sendParts(s3, target, { file, size }, signal);
}

async function sendWhole(s3: S3, target: Target, body: Buffer, signal: AbortSignal): Promise<Uploaded> {
  const hash = createHash("sha256").update(body).digest();
  const sums = { IfNoneMatch: "*", ChecksumSHA256: hash.toString("base64") };
  const kind = await unlessTaken(() =>
    s3.putObject({ ...target, Body: body, ...sums }, { abortSignal: signal }),
  );
  return { kind, bytes: body.length, sha256: hash.toString("hex") };
}

async function sendParts(
  s3: S3,
  target: Target,
  { file, size }: { readonly file: FileHandle; readonly size: number },
  signal: AbortSignal,
): Promise<Uploaded> {
  const { UploadId } = await s3.createMultipartUpload(
    { ...target, ChecksumAlgorithm: "SHA256" },
    { abortSignal: signal },
  );
  const part = { ...target, UploadId };
  try {
    const { parts, sha256 } = await sendEach(s3, part, { file, size }, signal);
    const completed = { MultipartUpload: { Parts: parts }, IfNoneMatch: "*" };
    const kind = await unlessTaken(() =>
      s3.completeMultipartUpload({ ...part, ...completed }, { abortSignal: signal }),
    );
    if (kind === "taken") await abandon(s3, part);
    return { kind, bytes: size, sha256 };
  } catch (error) {
    await abandon(s3, part);
    throw error;
  }
}

async function sendEach(
  s3: S3,
  part: Target & { readonly UploadId: string | undefined },
  { file, size }: { readonly file: FileHandle; readonly size: number },
  signal: AbortSignal,
): Promise<{ readonly parts: CompletedPart[]; readonly sha256: string }> {
  const step = Math.max(partBytes, Math.ceil(size / mostParts));
  const whole = createHash("sha256");
  const stop = new AbortController();
  const wanted = AbortSignal.any([signal, stop.signal]);
  const parts: Promise<CompletedPart>[] = [];
  const onTheirWay = new Set<Promise<unknown>>();
  try {
    for (let at = 0; at < size; at += step) {
      // One that failed stays, so that it is heard here.
      if (onTheirWay.size >= partsAtOnce) await Promise.race(onTheirWay);
      const body = await readPart(file, at, Math.min(step, size - at));
      whole.update(body);
      const sent = sendPart(s3, { ...part, PartNumber: parts.length + 1 }, body, wanted);
      parts.push(sent);
      onTheirWay.add(sent);
      sent.then(
        () => onTheirWay.delete(sent),
        () => undefined,
      );
    }
    return { parts: await Promise.all(parts), sha256: whole.digest("hex") };
  } catch (error) {
    // A part that arrives after the upload was given up would stay for ever.
    stop.abort();
    await Promise.allSettled(parts);
    throw error;
  }
}

async function sendPart(
  s3: S3,
  part: Target & { readonly UploadId: string | undefined; readonly PartNumber: number },
  body: Buffer,
  signal: AbortSignal,
): Promise<CompletedPart> {
  const ChecksumSHA256 = createHash("sha256").update(body).digest("base64");
  const { ETag } = await s3.uploadPart({ ...part, Body: body, ChecksumSHA256 }, { abortSignal: signal });
  return { PartNumber: part.PartNumber, ETag, ChecksumSHA256 };
}

/** Whether an object is under the key now, where the server may have heard the request before, or another's. */
async function unlessTaken(send: () => Promise<unknown>): Promise<"kept" | "taken"> {
  try {
    await send();
    return "kept";
  } catch (error) {
    if (isNamed(error, "PreconditionFailed", "ConditionalRequestConflict", "NoSuchUpload")) return "taken";
    throw error;
  }
}

/** Parts that were sent cost money until somebody says that they are not wanted. What is missed here is swept later. */
async function abandon(s3: S3, part: Target & { readonly UploadId: string | undefined }): Promise<void> {
  await s3.abortMultipartUpload(part, { abortSignal: AbortSignal.timeout(2000) }).catch(() => undefined);
}

async function readPart(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const part = Buffer.allocUnsafe(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(part, done, length - done, at + done);
    if (bytesRead === 0) throw new Error("the staged file became shorter while it was kept");
    done += bytesRead;
  }
  return part;
}
