import { type ErrorCode, SluiceError } from "../errors.ts";

/** What the system's refusals mean to a user: the code of the catalogue, what happened, the way out. */
const refusals: Readonly<Record<string, readonly [ErrorCode, string, string]>> = {
  EACCES: [
    "disk-read-only",
    "is not allowed",
    "Check the permissions, or run as the user whom the directory belongs to.",
  ],
  EPERM: [
    "disk-read-only",
    "is not allowed",
    "Check the permissions, or run as the user whom the directory belongs to.",
  ],
  EROFS: [
    "disk-read-only",
    "is on a disk that cannot be written to",
    "Choose a place that can be written to.",
  ],
  ENOSPC: ["disk-full", "does not fit: the disk is full", "Make room, then run the same command again."],
  EDQUOT: ["disk-full", "does not fit: the quota is used up", "Make room, then run the same command again."],
};

/** A refusal of the system as the error a user can do something about; every other error as it is. */
export function explainSystemError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SluiceError || !("code" in error)) return error;
  const refusal = refusals[String(error.code)];
  if (!refusal) return error;
  const [code, what, hint] = refusal;
  const path =
    "path" in error && typeof error.path === "string" ? `"${error.path}"` : "What was to be written";
  return new SluiceError(code, `${path} ${what}`, { cause: error, hint });
}
