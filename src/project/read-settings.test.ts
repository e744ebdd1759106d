import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FirstCompilation } from "./first-compilation.ts";
import { readSettings } from "./read-settings.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-settings-"));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
const config = (called: string): string =>
  `import { project } from "sluice";\nexport default project({ name: "${called}" });\n`;
const name = async (): Promise<string | undefined> => (await readSettings(root)).settings?.name;

test("settings follow the configuration, what it imports and the environment", async () => {
  write("name.ts", 'export const name = "one";\n');
  write(
    "sluice.config.ts",
    'import { project } from "sluice";\nimport { name } from "./name.ts";\nexport default project({ name: process.env["SLUICE_TEST_NAME"] ?? name });\n',
  );
  expect(await name()).toBe("one");
  expect(await name()).toBe("one");
  write("name.ts", 'export const name = "second";\n');
  expect(await name()).toBe("second");
  process.env["SLUICE_TEST_NAME"] = "third";
  try {
    expect(await name()).toBe("third");
  } finally {
    delete process.env["SLUICE_TEST_NAME"];
  }
  write("sluice.config.ts", "export default 5;\n");
  const { settings, diagnostics } = await readSettings(root);
  expect([settings, diagnostics[0]?.code]).toEqual([undefined, "config-invalid"]);
});

test.each<[string, () => void, boolean]>([
  ["is taken over", () => undefined, true],
  [
    "is not taken over when the configuration has changed",
    () => write("sluice.config.ts", config("other")),
    false,
  ],
])("the thread of the configuration %s", async (_, change, kept) => {
  write("sluice.config.ts", config("one"));
  const first = new FirstCompilation();
  try {
    expect((await readSettings(root, first)).settings?.name).toBe("one");
    change();
    const thread = first.takeThread();
    expect(thread !== undefined).toBe(kept);
    thread?.close();
    expect(first.takeThread()).toBeUndefined();
  } finally {
    first.close();
  }
});
