import type { DeleteObjectsCommandOutput, ListMultipartUploadsCommandOutput, S3 } from "@aws-sdk/client-s3";
import type { FileHandle } from "node:fs/promises";
import { segmentsOf } from "../keys.ts";
import type { S3Address } from "./address.ts";
import { connect, type S3Patience } from "./client.ts";
import { download, type Downloaded, type Sink } from "./download.ts";
import { explainS3, isNamed, rightRegion } from "./failure.ts";
import { upload, type Uploaded } from "./upload.ts";

/** What lies below an address, by key. Errors of all: `storage-refused`, `storage-unreachable`, `package-missing`. */
export interface Objects {
  /** Send a file, unless the key has an object already. */
  send(key: string, file: FileHandle, signal: AbortSignal): Promise<Uploaded>;
  read(key: string, sink: Sink, signal: AbortSignal): Promise<Downloaded>;
  list(prefix: string): AsyncIterable<{ readonly key: string; readonly bytes: number }>;
  remove(keys: readonly string[]): Promise<void>;
  /** Give up what was being sent for longer than this, in milliseconds, by the server's clock. */
  abandon(age: number): Promise<void>;
}

/** The service removes as many at once. */
const mostRemoved = 1000;

/** Objects at an address; the connection is made when first needed. */
export function objectsAt(address: S3Address, patience: S3Patience): Objects {
  const { bucket: Bucket, prefix } = address;
  let connection: Promise<S3> | undefined;
  let moved = false;
  const asking = async <T>(action: (s3: S3) => Promise<T>): Promise<T> => {
    const asked = (connection ??= connect(patience));
    try {
      return await action(await asked);
    } catch (error) {
      const region = rightRegion(error);
      // Once: a server that sends everybody on is not followed for ever.
      if (region === undefined || (moved && asked === connection)) throw explainS3(error, address);
      if (!moved) connection = connect(patience, region);
      moved = true;
      return asking(action);
    }
  };
  const objectOf = (key: string) => ({ Bucket, Key: prefix + segmentsOf(key).join("/") });
  return {
    send: (key, file, signal) => asking((s3) => upload(s3, objectOf(key), file, signal)),
    read: (key, sink, signal) => asking((s3) => download(s3, objectOf(key), sink, signal)),
    async *list(below) {
      const Prefix = below === "" ? prefix : `${prefix}${segmentsOf(below).join("/")}/`;
      let ContinuationToken: string | undefined;
      do {
        const next = { Bucket, Prefix, ContinuationToken };
        const page = await asking((s3) => s3.listObjectsV2(next));
        for (const { Key = "", Size = 0 } of page.Contents ?? []) {
          const key = Key.slice(prefix.length);
          if (isKey(key)) yield { key, bytes: Size };
        }
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
    },
    async remove(keys) {
      const Objects = keys.map((key) => ({ Key: objectOf(key).Key }));
      for (let at = 0; at < Objects.length; at += mostRemoved) {
        const Delete = { Objects: Objects.slice(at, at + mostRemoved), Quiet: true };
        await asking(async (s3) => refuseLeft(await s3.deleteObjects({ Bucket, Delete })));
      }
    },
    abandon: (age) => asking((s3) => abandonUploads(s3, { Bucket, Prefix: prefix }, age)),
  };
}

/** What others laid there, such as the empty objects that mean directories, is none of ours. */
function isKey(key: string): boolean {
  try {
    return segmentsOf(key).length > 0;
  } catch {
    return false;
  }
}

/** The answer to a request for many may be that some were refused. */
function refuseLeft({ Errors = [] }: DeleteObjectsCommandOutput): void {
  const [first] = Errors;
  if (first === undefined) return;
  const { Code = "", Key = "", Message = "" } = first;
  throw Object.assign(new Error(`"${Key}" cannot be removed: ${Message || Code}`), {
    name: Code,
    $metadata: { httpStatusCode: Code === "AccessDenied" ? 403 : 500 },
  });
}

async function abandonUploads(
  s3: S3,
  where: { readonly Bucket: string; readonly Prefix: string },
  age: number,
): Promise<void> {
  let next: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (next !== undefined) {
    const page: ListMultipartUploadsCommandOutput | undefined = await s3
      .listMultipartUploads({ ...where, ...next })
      .catch((error: unknown) => {
        // A rule of the bucket does the same; nothing but old parts depends on it.
        if (isNamed(error, "AccessDenied", "NotImplemented", "MethodNotAllowed")) return undefined;
        throw error;
      });
    for (const { Key, UploadId, Initiated } of page?.Uploads ?? []) {
      // How far the server's clock is from this machine's, to a few minutes, is what its answers told.
      const now = Date.now() + s3.config.systemClockOffset;
      if (Initiated === undefined || now - Initiated.getTime() < age) continue;
      await s3.abortMultipartUpload({ Bucket: where.Bucket, Key, UploadId }).catch((error: unknown) => {
        // Another process was quicker.
        if (!isNamed(error, "NoSuchUpload")) throw error;
      });
    }
    next =
      page?.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
  }
}
