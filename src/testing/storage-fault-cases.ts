import assert from "node:assert/strict";
import type { Storage } from "../storage/storage.ts";
import { refusal } from "./refusal.ts";
import { race, startChild } from "./start-child.ts";
import { holds, keysOf, staged } from "./storage-fixtures.ts";
import { diskCase, storageCase } from "./storage-subject.ts";
import type { StorageCase, StorageDiskCase } from "./storage-subject.ts";

/** Processes that race or are killed. */
export const storageFaultCases: readonly StorageCase[] = [
  storageCase(
    "of processes that keep different content under one key exactly one does",
    async ({ storage, opener }) => {
      const ends = await race(
        opener,
        stageAndKeep,
        ["one", "two", "three"].map((content) => ({ attempt: content, content, key: "a/part" })),
      );
      const codes = ends.map((end) => (end.kind === "error" ? (end.code ?? end.message) : end.kind));
      assert.deepEqual(codes.toSorted(), ["result", "storage-damaged", "storage-damaged"]);
      await holds(storage, "a/part", ["one", "two", "three"][codes.indexOf("result")] ?? "");
    },
  ),
  storageCase(
    "kill -9 while a file is kept leaves nothing under its key, or all of it",
    async ({ storage, opener }) => {
      let before = 0;
      for (let round = 0; round < 8; round += 1) {
        const child = await startChild(opener, keepLarge, {
          attempt: `round/${round}`,
          key: `large/${round}`,
          bytes: 8 << 20,
        });
        child.go();
        await child.tells(1);
        // From at once to about when it is done.
        await new Promise((resolve) => setTimeout(resolve, round * 4));
        child.kill();
        const end = await child.end;
        const found = await storage.checksum(`large/${round}`);
        if (end.kind === "result") assert.ok(found);
        if (found === undefined) before += 1;
        else await holds(storage, `large/${round}`, "x".repeat(8 << 20));
        const again = await storage.keep(
          await staged(storage, `again/${round}`, "x".repeat(8 << 20)),
          `large/${round}`,
        );
        assert.equal(again.bytes, 8 << 20);
      }
      assert.ok(before > 0, "none of the processes was killed in time");
    },
  ),
];

/** What storages that keep files on a disk of this machine have to do when it says no. */
export const storageDiskConformance: readonly StorageDiskCase[] = [
  diskCase(
    "a full disk is told with its path; nothing is kept, and it goes on once there is space",
    async ({ storage, disk }) => {
      const path = await staged(storage, "me/1", "rows");
      disk.fill();
      const error = await refusal("disk-full", storage.keep(path, `${"deep/".repeat(60)}part`));
      assert.ok(error.message.includes("deep"), error.message);
      await refusal("disk-full", storage.stage(`me/${"deep/".repeat(60)}2`));
      assert.deepEqual(await keysOf(storage, "deep"), []);
      disk.free();
      assert.equal((await storage.keep(path, "a/part")).bytes, 4);
    },
  ),
  diskCase(
    "a read-only disk is told with its path; what was kept stays readable",
    async ({ storage, disk }) => {
      await storage.keep(await staged(storage, "me/1", "rows"), "a/part");
      const path = await staged(storage, "me/2", "more");
      disk.setReadOnly(true);
      const error = await refusal("disk-read-only", storage.keep(path, "b/part"));
      assert.ok(error.message.includes("b/part"), error.message);
      await refusal("disk-read-only", storage.stage("me/3"));
      await refusal("disk-read-only", storage.stage("someone-new/1"));
      await refusal("disk-read-only", storage.remove(["a/part"]));
      await refusal(
        "disk-read-only",
        storage.sweep(() => false),
      );
      await holds(storage, "a/part", "rows");
      disk.setReadOnly(false);
      assert.equal((await storage.keep(path, "b/part")).bytes, 4);
    },
  ),
];

// What other processes do. Each is handed over as text: it may name nothing from this file.

async function stageAndKeep(
  storage: Storage,
  input: { readonly attempt: string; readonly content: string; readonly key: string },
): Promise<void> {
  const { writeFileSync: write } = process.getBuiltinModule("node:fs");
  const path = `${await storage.stage(`race/${input.attempt}`)}/file`;
  write(path, input.content);
  await storage.keep(path, input.key);
}

async function keepLarge(
  storage: Storage,
  input: { readonly attempt: string; readonly key: string; readonly bytes: number },
  tell: (news: unknown) => void,
): Promise<void> {
  const { writeFileSync: write } = process.getBuiltinModule("node:fs");
  const path = `${await storage.stage(input.attempt)}/file`;
  write(path, Buffer.alloc(input.bytes, "x"));
  tell("staged");
  await storage.keep(path, input.key);
}
