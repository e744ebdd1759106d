import { readFile } from "node:fs/promises";

/** The directory of the installed package. Sources and bundles lie equally deep below it. */
export const packageRoot = new URL("../../", import.meta.url);

/** What the package says of itself. */
export async function readPackage(): Promise<{
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}> {
  const text = await readFile(new URL("package.json", packageRoot), "utf8");
  return JSON.parse(text) as { version: string; dependencies: Record<string, string> };
}
