/** `bin/sluice.js` on the Node that a machine happens to have. Needs one that is too old; skipped, visibly, without. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";

const launcher = fileURLToPath(new URL("../../bin/sluice.js", import.meta.url));

function isTooOld(node: string): boolean {
  const [major = 0, minor = 0] = execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" })
    .split(".")
    .map(Number);
  return major < 24 || (major === 24 && minor < 15);
}

const nodes = (process.env["PATH"] ?? "").split(delimiter).map((directory) => join(directory, "node"));
const old = nodes.find((node) => !node.includes("node_modules") && existsSync(node) && isTooOld(node)) ?? "";
const run = (script: string, ...args: readonly string[]) =>
  spawnSync(old, [script, ...args], { encoding: "utf8" });

test.skipIf(old === "")(
  "an old Node starts the project's own, which answers with its words and exit code",
  () => {
    expect(run(launcher, "version")).toMatchObject({ status: 0, stderr: "" });
    expect(run(launcher, "rnu")).toMatchObject({ status: 64, stdout: "" });
  },
);

test.skipIf(old === "")("an old Node without another one near says in one line what is needed", () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-launcher-"));
  try {
    copyFileSync(launcher, join(directory, "sluice.mjs"));
    const { status, stderr } = spawnSync(old, [join(directory, "sluice.mjs"), "version"], {
      cwd: directory,
      encoding: "utf8",
    });
    expect(status).toBe(78);
    expect(stderr).toMatch(/^error: Sluice needs Node 24\.15 or newer.*npm install --save-dev node@24\n$/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.skipIf(old === "" || process.platform !== "linux")(
  "a signal reaches the program behind the launcher, and its end comes back",
  async () => {
    // It waits for its input, so it is there to be stopped.
    const child = spawn(old, [launcher, "query", "-"], { stdio: ["pipe", "ignore", "ignore"] });
    const ended = new Promise<readonly unknown[]>((resolve) => child.on("exit", (...end) => resolve(end)));
    const children = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
    await vi.waitFor(() => expect(children()).not.toBe(""), 10_000);
    // Between starting the program and listening for signals there is no pause, but it takes a moment.
    await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill("SIGTERM");
    expect(await ended).toEqual([143, null]);
  },
);
