import type { S3, S3ClientConfig } from "@aws-sdk/client-s3";
import { SluiceError } from "../../errors.ts";
import { patient } from "./patience.ts";

/** How long a server is waited for, in milliseconds: whole, for a connection, and for the next byte. */
export interface S3Patience {
  readonly whole: number;
  readonly connect: number;
  readonly silence: number;
}

/**
 * A client with the region, endpoint and credentials that every program of AWS finds in the environment, in profiles
 * or on the machine; or with another region, where the bucket turned out to be. Errors: `package-missing`.
 */
export async function connect(
  { whole, connect: connecting, silence }: S3Patience,
  region?: string,
): Promise<S3> {
  const { S3: Client } = await load();
  const { env } = process;
  const settings: S3ClientConfig = {
    // Buckets as names of hosts are AWS's own way; other servers are found by one name.
    forcePathStyle: Boolean(env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"]),
    retryStrategy: patient(whole),
    requestHandler: { connectionTimeout: connecting, socketTimeout: silence },
    // SHA-256 is sent with whatever is kept and compared with whatever is fetched; other servers know no other sums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  };
  if (region !== undefined) return new Client({ ...settings, region });
  const client = new Client(settings);
  try {
    await client.config.region();
    return client;
  } catch {
    // Nobody says which: ask in the oldest one, which knows where a bucket is. Other servers call themselves that too.
    return new Client({ ...settings, region: "us-east-1" });
  }
}

async function load(): Promise<{ readonly S3: typeof S3 }> {
  try {
    return await import("@aws-sdk/client-s3");
  } catch (cause) {
    if (!(cause instanceof Error) || !("code" in cause) || cause.code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new SluiceError("package-missing", 'storage on S3 needs the package "@aws-sdk/client-s3"', {
      hint: "npm install @aws-sdk/client-s3",
      cause,
    });
  }
}
