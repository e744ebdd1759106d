import { SluiceError } from "../../errors.ts";
import type { S3Address } from "./address.ts";

/** What the library makes of a failed request. Its messages are the server's words and hold no secrets. */
interface S3Failure {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly status?: number;
  /** Where the bucket really is. */
  readonly region?: string;
}

const wrongCredentials: ReadonlySet<string> = new Set([
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "ExpiredToken",
  "InvalidToken",
  "TokenRefreshRequired",
  "XAdminUserNotFound",
]);
const wrongRegion: ReadonlySet<string> = new Set([
  "AuthorizationHeaderMalformed",
  "PermanentRedirect",
  "IllegalLocationConstraintException",
]);
const noCredentials = /^(CredentialsProviderError|TokenProviderError|ProviderError)$/;
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME/;
/** Of networks only: errors of this machine's disks have codes of the same kind. */
const away =
  /^(ECONN(RESET|REFUSED|ABORTED)|EPIPE|EPROTO|ETIMEDOUT|E(HOST|NET)(UNREACH|DOWN)|ENOTFOUND|EAI_\w+|ERR_SOCKET_\w+|ERR_STREAM_PREMATURE_CLOSE|HPE_\w+)$/;

/** Whether a request failed with one of these names of the service. */
export const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/** What went wrong with a request, in words and with a way out; what is none of the server's is left as it is. */
export function explainS3(error: unknown, { bucket, text }: S3Address): unknown {
  const failure = failureOf(error);
  if (failure === undefined) return error;
  const { name, message, code = "", status, region } = failure;
  // The library's own error knows the request, and with it who signed it.
  const cause = new Error(`${name}: ${message}`);
  const fail = (kind: "storage-refused" | "storage-unreachable", what: string, hint: string): SluiceError =>
    new SluiceError(kind, what, { hint, cause });
  if (noCredentials.test(name)) {
    return fail(
      "storage-refused",
      `there are no credentials for ${text}: ${message}`,
      "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; where AWS's own tools work, so does this",
    );
  }
  if (wrongCredentials.has(name)) {
    return fail("storage-refused", `${text} refuses the credentials: ${message}`, "renew or correct them");
  }
  if (wrongRegion.has(name)) {
    const where = region === undefined ? "in another region" : `in ${region}`;
    return fail(
      "storage-refused",
      `the bucket "${bucket}" is ${where}: ${message}`,
      `set AWS_REGION${region === undefined ? " to the bucket's region" : `=${region}`}`,
    );
  }
  if (name === "NoSuchBucket" || (name === "NotFound" && status === 404)) {
    return fail(
      "storage-refused",
      `there is no bucket "${bucket}"`,
      "create it, or correct storage in sluice.config.ts, or the endpoint in AWS_ENDPOINT_URL_S3",
    );
  }
  if (status === 401 || status === 403) {
    return fail(
      "storage-refused",
      `${text} does not allow this: ${message}`,
      "allow s3:ListBucket and s3:ListBucketMultipartUploads on the bucket, and s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on what is in it",
    );
  }
  if (untrusted.test(code)) {
    const hint = "name the authority that signed it in NODE_EXTRA_CA_CERTS";
    return fail("storage-unreachable", `the certificate of ${text} is not trusted: ${message}`, hint);
  }
  if (isPassing(failure)) {
    return fail(
      "storage-unreachable",
      `${text} does not answer: ${message}`,
      "check the network and AWS_ENDPOINT_URL_S3; then run again: what is finished is not built twice",
    );
  }
  return fail(
    "storage-refused",
    `${text} refuses: ${name}: ${message}`,
    "Sluice needs a server that understands conditional writes (If-None-Match) and checksums (SHA-256)",
  );
}

/** Where the bucket is, if that is why a request failed and the server says it. */
export function rightRegion(error: unknown): string | undefined {
  if (!(error instanceof Error) || !wrongRegion.has(error.name)) return undefined;
  const { Region, $response } = error as {
    readonly Region?: unknown;
    readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  };
  return typeof Region === "string" ? Region : $response?.headers?.["x-amz-bucket-region"];
}

function failureOf(error: unknown): S3Failure | undefined {
  if (!(error instanceof Error) || error instanceof SluiceError || error.name === "AbortError")
    return undefined;
  const { code, $metadata } = error as {
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const region = rightRegion(error);
  const status = $metadata?.httpStatusCode;
  const failure: S3Failure = {
    name: error.name,
    message: error.message,
    ...(typeof code === "string" ? { code } : {}),
    ...(status === undefined ? {} : { status }),
    ...(region === undefined ? {} : { region }),
  };
  const isOfService = status !== undefined || noCredentials.test(error.name);
  return isOfService || isPassing(failure) || untrusted.test(failure.code ?? "") ? failure : undefined;
}

/** Whether the server, or the way to it, failed, and not what was asked. */
const isPassing = ({ name, code = "", status = 0 }: S3Failure): boolean =>
  status === 429 || status >= 500 || name === "TimeoutError" || away.test(code);

/** Whether a connection broke, so that what came so far may be gone on from. */
export function isBroken(error: unknown): boolean {
  const failure = failureOf(error);
  return failure !== undefined && isPassing(failure);
}
