import { SluiceError } from "../errors.ts";

const full: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT"]);
const readOnly: ReadonlySet<string | undefined> = new Set(["EROFS", "EACCES", "EPERM"]);

/** Do something with a path; where the disk says no, say it in words. Errors: `disk-full`, `disk-read-only`. */
export async function explained<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (full.has(errnoOf(cause))) {
      throw new SluiceError("disk-full", `"${path}" cannot be written: the disk is full`, {
        hint: "free some space and run again: what is finished is not built twice",
        cause,
      });
    }
    if (readOnly.has(errnoOf(cause))) {
      throw new SluiceError(
        "disk-read-only",
        `"${path}" cannot be written: the disk or the directory is read-only`,
        {
          hint: "make it writable for this user, or point storage in sluice.config.ts to a place that is",
          cause,
        },
      );
    }
    throw cause;
  }
}

/** The result, or undefined where there is nothing at the path. */
export async function unlessMissing<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** The system's name for what went wrong, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
