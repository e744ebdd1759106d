import { SluiceError } from "../../errors.ts";

/** Where a storage is: `s3://bucket/prefix`. */
export interface S3Address {
  readonly bucket: string;
  /** What keys begin with in the bucket: nothing, or names that each end with `/`. */
  readonly prefix: string;
  /** As people write it, without a slash at its end. */
  readonly text: string;
}

/** Take an address apart. The compiler has looked at it before. Errors: `bad-usage`. */
export function readAddress(text: string): S3Address {
  const [, bucket, path = ""] = /^s3:\/\/([^/]+)((?:\/[^/]+)*)\/?$/i.exec(text) ?? [];
  if (bucket === undefined) {
    throw new SluiceError("bad-usage", `"${text}" is not the address of a storage`, {
      hint: 'write storage: "s3://bucket/prefix"',
    });
  }
  return { bucket, prefix: path === "" ? "" : `${path.slice(1)}/`, text: `s3://${bucket}${path}` };
}
