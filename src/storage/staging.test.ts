import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { stagingIn } from "./staging.ts";

test("who is taken for dead while a directory is made for it gets one nevertheless", async () => {
  const root = mkdtempSync(join(tmpdir(), "sluice-staging-"));
  onTestFinished(() => rm(root, { recursive: true }));
  const staging = stagingIn(root);
  const rounds = Array.from({ length: 60 }, async (_, round) => {
    await sleep(round);
    return staging.stage(`owner/${round}`);
  });
  let isOver = false;
  const sweeping = (async () => {
    while (!isOver) {
      await staging.sweep(() => false);
      await sleep(5);
    }
  })();
  const paths = await Promise.all(rounds).finally(() => (isOver = true));
  await sweeping;
  expect(paths).toEqual(paths.map((_, round) => join(root, "owner", String(round))));
});
