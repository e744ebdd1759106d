/** A disk that gets full, or lets nobody write, in the middle of things. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canMount, smallDisk } from "../e2e/small-disk.ts";
import { chances, seed } from "./chance.ts";
import { childrenOf } from "./inspect-state.ts";
import { expectRecovery, expectWhole, type Template, templateLedger } from "./ledger.ts";

let template: Template;
beforeAll(async () => {
  template = await templateLedger();
});
afterAll(() => template[Symbol.asyncDispose]());

const used = (directory: string): number =>
  Number(
    execFileSync("df", ["--output=used", "-k", directory], { encoding: "utf8" }).trim().split("\n").at(-1),
  );

interface ErrorLine {
  readonly error?: { readonly code: string; readonly hint?: string };
}

describe.skipIf(!canMount)("a disk of its own", () => {
  /** Kilobytes that are left: from nothing to nearly enough. */
  const left = [0, 8, 40, ...chances("full", 4).map((share) => Math.floor(share * 400))];

  test.for(left)(`full with %i KB left (${seed})`, async (kilobytes) => {
    await using disk = smallDisk(64_000);
    const hurt = template.copy(disk.root);
    disk.resize(used(disk.root) + kilobytes);
    const { code, stdout, stderr } = await hurt.sluice("run", "--json");
    if (code !== 0) {
      const { error } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as ErrorLine;
      expect({ code, error: error?.code, stderr }).toEqual({ code: 1, error: "disk-full", stderr: "" });
      expect(error?.hint).toContain("free some space");
    }
    disk.resize(64_000);
    await expectWhole(hurt, template);
    await expectRecovery(hurt, template);
  });

  test("full: readers go on reading meanwhile", async () => {
    await using disk = smallDisk(64_000);
    const hurt = template.copy(disk.root);
    disk.resize(used(disk.root));
    expect(await hurt.sluice("run")).toMatchObject({ code: 1 });
    expect(await hurt.sluice("query", "select count(*) from raw.ticks")).toMatchObject({
      code: 0,
      stderr: "",
    });
  });

  test("read-only: the run says so and hurts nothing", async () => {
    await using disk = smallDisk(64_000);
    const hurt = template.copy(disk.root);
    disk.makeReadOnly(true);
    const { code, stdout } = await hurt.sluice("run", "--json");
    const { error } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as ErrorLine;
    expect({ code, error: error?.code }).toEqual({ code: 1, error: "disk-read-only" });
    disk.makeReadOnly(false);
    await expectWhole(hurt, template);
    await expectRecovery(hurt, template);
  });

  test("storage that becomes read-only in the middle: the run says so and hurts nothing", async () => {
    using hurt = template.copy();
    const data = `${hurt.root}/.sluice/data`;
    const { ended } = hurt.start(["run", "--json"], (line) => {
      if (!line.includes('"type":"planned"')) return;
      execFileSync("mount", ["--bind", data, data]);
      execFileSync("mount", ["-o", "remount,bind,ro", data]);
    });
    const { code, stdout } = await ended;
    execFileSync("umount", ["--lazy", data]);
    const { error } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as ErrorLine;
    expect({ code, error: error?.code }).toEqual({ code: 1, error: "disk-read-only" });
    await expectWhole(hurt, template);
    await expectRecovery(hurt, template);
  });

  test("a limit on the size of files: the run says so and hurts nothing", async () => {
    using hurt = template.copy();
    const { ended } = hurt.start(["run", "--json"], (line, child) => {
      if (!line.includes('"type":"planned"') || child.pid === undefined) return;
      for (const worker of childrenOf(child.pid))
        execFileSync("prlimit", [`--pid=${worker}`, "--fsize=100"], { stdio: "pipe" });
    });
    const { code, stdout } = await ended;
    const { error } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as ErrorLine;
    expect({ code, error: error?.code }).toEqual({ code: 1, error: "disk-full" });
    await expectWhole(hurt, template);
    await expectRecovery(hurt, template);
  });

  test("a state that alone is read-only: the run says so and hurts nothing", async () => {
    using hurt = template.copy();
    await using disk = smallDisk(8000);
    execFileSync("cp", ["-a", `${hurt.root}/state/.`, disk.root]);
    execFileSync("mount", ["--bind", disk.root, `${hurt.root}/state`]);
    try {
      execFileSync("mount", ["-o", "remount,bind,ro", `${hurt.root}/state`]);
      const { code, stdout } = await hurt.sluice("run", "--json");
      const { error } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as ErrorLine;
      expect({ code, error: error?.code }).toEqual({ code: 1, error: "disk-read-only" });
    } finally {
      execFileSync("umount", [`${hurt.root}/state`]);
    }
    await expectWhole(hurt, template);
    await expectRecovery(hurt, template);
  });
});
