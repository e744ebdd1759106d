import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own, in memory. Unmounted when disposed. */
export interface SmallDisk extends AsyncDisposable {
  readonly root: string;
  /** Change its size, in kilobytes. */
  resize(kilobytes: number): void;
  makeReadOnly(readOnly: boolean): void;
}

const mount = (...args: readonly string[]): unknown => execFileSync("mount", args, { stdio: "pipe" });

/** Mount a file system of so many kilobytes. Needs the right to mount. */
export function smallDisk(kilobytes: number): SmallDisk {
  const root = mkdtempSync(join(tmpdir(), "sluice-disk-"));
  try {
    mount("-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", root);
  } catch (error) {
    rmSync(root, { recursive: true });
    throw error;
  }
  return {
    root,
    resize: (size) => void mount("-o", `remount,size=${size}k`, root),
    makeReadOnly: (readOnly) => void mount("-o", `remount,${readOnly ? "ro" : "rw"}`, root),
    [Symbol.asyncDispose]: async () => {
      // Lazily: a worker that ends a moment later must not keep the test from going on.
      execFileSync("umount", ["--lazy", root], { stdio: "pipe" });
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Whether this process may mount file systems; tests that need one are skipped, visibly, where it may not. */
export const canMount = ((): boolean => {
  try {
    void smallDisk(64)[Symbol.asyncDispose]();
    return true;
  } catch {
    return false;
  }
})();
