/** The first command of the README: whoever comes to this project sees it before anything else. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sluice } from "./command-line.ts";

test("the demo plays its whole lesson, and says where to look", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-demo-"));
  try {
    const { code, stdout, stderr } = await sluice(["demo", "lesson", "--comments", "2000"], {
      cwd: directory,
    });
    expect({ code, stderr }, stdout.slice(-2000)).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("The lesson held");
    expect(stdout).toContain(
      "no release  the poisoned delivery: stopped at the gate, readers kept release 2",
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}, 120_000);
