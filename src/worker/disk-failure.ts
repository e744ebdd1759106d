import { SluiceError } from "../errors.ts";

/** What the disk says when it takes no more, in words. */
const full: Readonly<Record<string, string>> = {
  ENOSPC: "there is no space left on the disk",
  EDQUOT: "the quota of the disk is used up",
  EFBIG: "the disk, or a limit of this process, takes no file as large as that",
};

/** An error of the system as one about the disk, where it is one; every other as it is. */
export function explainDisk(error: unknown, dataset: string): unknown {
  const code = systemCode(error);
  if (code !== undefined && full[code] !== undefined) {
    return new SluiceError("disk-full", `${dataset} could not be written: ${full[code]}`, {
      hint: "make room and run again: what is finished is not built twice",
      cause: error,
    });
  }
  if (code !== "EROFS") return error;
  return new SluiceError("disk-read-only", `${dataset} could not be written: the disk can only be read`, {
    hint: "make the storage directory writable and run again",
    cause: error,
  });
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error))
    return undefined;
  // Asked for a directory and those above it, Node says of a disk that can only be read that they are not there.
  return error.code === "ENOENT" && error.syscall === "mkdir" ? "EROFS" : error.code;
}
