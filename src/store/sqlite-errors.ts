import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { SluiceError } from "../errors.ts";
import { wayOutOfDamage } from "./documents.ts";

/** Primary result codes of SQLite; the lowest byte of an extended one. */
const codes = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  input: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
} as const;

/** Whether another connection is in the way, for now. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === codes.busy || code === codes.locked;
}

/** The error in words where it is the world's doing; otherwise as it is. `file` is the state's. */
export function explainSqlite(error: unknown, file: string): unknown {
  switch (primaryCode(error)) {
    case codes.full:
      return diskFull(file, error);
    case codes.readOnly:
      return isFull(file) ? diskFull(file, error) : diskReadOnly(file, error);
    case codes.corrupt:
    case codes.notADatabase:
      return damaged(`the state "${file}" is damaged: ${messageOf(error)}`, error);
    case codes.input:
    case codes.cannotOpen:
      return explainAccess(error, file);
    case codes.constraint:
      return new Error(`the state refused a record that contradicts another (${messageOf(error)})`, {
        cause: error,
      });
    default:
      return isErrno(error) ? explainAccess(error, file) : error;
  }
}

/** The error for a state file that cannot be read as one. */
export function damaged(message: string, cause?: unknown): SluiceError {
  return new SluiceError("state-damaged", message, { hint: wayOutOfDamage, cause });
}

/** SQLite only says that reading, writing or opening failed; ask the file system why. */
function explainAccess(error: unknown, file: string): unknown {
  const codes = [isErrno(error) ? error.code : undefined, accessProblem(file)];
  if (codes.some((code) => code === "EROFS" || code === "EACCES" || code === "EPERM"))
    return diskReadOnly(file, error);
  if (codes.some((code) => code === "ENOSPC" || code === "EDQUOT") || isFull(file))
    return diskFull(file, error);
  return damaged(`the state "${file}" cannot be opened or read: ${codes[1] ?? messageOf(error)}`, error);
}

/** What keeps this user from writing the file, or from making it: the system's code, or words. */
function accessProblem(file: string): string | undefined {
  let path = file;
  while (!existsSync(path)) path = dirname(path);
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    return isErrno(error) ? error.code : undefined;
  }
  if (statSync(path).isDirectory()) return path === file ? "it is a directory" : undefined;
  return path === file ? undefined : `"${path}" is not a directory`;
}

function isFull(file: string): boolean {
  try {
    return statfsSync(dirname(file)).bavail === 0;
  } catch {
    return false;
  }
}

function diskFull(file: string, cause: unknown): SluiceError {
  return new SluiceError(
    "disk-full",
    `the disk of the state "${file}" is full; nothing of this was recorded`,
    {
      hint: "free some space and run again: what is finished is not built twice",
      cause,
    },
  );
}

function diskReadOnly(file: string, cause: unknown): SluiceError {
  return new SluiceError(
    "disk-read-only",
    `the state "${file}" cannot be written: the disk or the directory is read-only`,
    {
      hint: "make it writable for this user, or point state in sluice.config.ts to a place that is",
      cause,
    },
  );
}

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number")
    return undefined;
  return error.errcode & 0xff;
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
