import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canMount, smallDisk } from "../../test/e2e/small-disk.ts";
import { explainDisk } from "./disk-failure.ts";

test.skipIf(!canMount)(
  "a disk that can only be read is told from a directory that is not there",
  async () => {
    await using disk = smallDisk(1000);
    disk.makeReadOnly(true);
    for (const path of ["below", "far/below"]) {
      const error = await mkdir(join(disk.root, path), { recursive: true }).catch(
        (refused: unknown) => refused,
      );
      expect(explainDisk(error, "raw.orders")).toMatchObject({
        code: "disk-read-only",
        message: "raw.orders could not be written: the disk can only be read",
      });
    }
    disk.makeReadOnly(false);
  },
);
