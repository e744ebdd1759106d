/** What an error of the user's code says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The lines of a stack that lie in the user's file. */
export function frameOf(error: unknown, module: string): string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const file = module.split("/").at(-1) ?? module;
  return stack
    .split("\n")
    .filter((line) => line.includes(file))
    .slice(0, 1)
    .map((line) =>
      line
        .trim()
        .replace(/\(?file:\/\/.*\//, "")
        .replace(/[()]/g, "")
        // Each load of a definition is a fresh one, which the address tells.
        .replace(/\?load=\d+/, ""),
    );
}
