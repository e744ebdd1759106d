import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk of its own, small enough to be filled. */
export interface SmallDisk extends Disposable {
  readonly path: string;
  /** Leave no space on it, and no room for another name. */
  fill(): void;
  /** Take that back. */
  free(): void;
  setReadOnly(readOnly: boolean): void;
}

/** Mount a small disk in memory, or say why this machine does not let us. */
export function smallDisk(bytes: number): SmallDisk | { readonly skipped: string } {
  const path = mkdtempSync(join(tmpdir(), "sluice-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes},nr_inodes=128`, "tmpfs", path], {
      stdio: "pipe",
    });
  } catch (error) {
    rmdirSync(path);
    const reason = error instanceof Error ? error.message.split("\n").at(-1) : String(error);
    return { skipped: `no small disk can be mounted here: ${reason}` };
  }
  const filler = join(path, "filler");
  return {
    path,
    fill() {
      mkdirSync(filler);
      // Ever smaller pieces: what does not fit any more is written as far as it does.
      for (let size = 1 << 20; size >= 1; size >>= 4) {
        untilFull(() => appendFileSync(join(filler, "bytes"), Buffer.alloc(size)));
      }
      // Names take no bytes of a disk in memory; it has a number of them.
      let names = 0;
      untilFull(() => writeFileSync(join(filler, String((names += 1))), ""));
    },
    free: () => rmSync(filler, { recursive: true, force: true }),
    setReadOnly: (readOnly) => void execFileSync("mount", ["-o", `remount,${readOnly ? "ro" : "rw"}`, path]),
    [Symbol.dispose]() {
      execFileSync("umount", ["--lazy", path]);
      rmdirSync(path);
    },
  };
}

function untilFull(action: () => void): void {
  try {
    for (;;) action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
