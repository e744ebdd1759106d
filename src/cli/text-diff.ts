/** Lines around a change that are shown with it. */
const around = 2;

/** A line of a change: `+` came, `-` went, a space stayed. */
interface DiffLine {
  readonly mark: "+" | "-" | " ";
  readonly text: string;
}

/** The changes between two texts as a unified diff, without its two head lines. */
export function textDiff(before: string, after: string): string[] {
  const lines = compareLines(linesOf(before), linesOf(after));
  const shown = new Set<number>();
  for (const [at, { mark }] of lines.entries())
    if (mark !== " ") for (let near = at - around; near <= at + around; near++) shown.add(near);
  const printed: string[] = [];
  let [old, now, last] = [1, 1, -2];
  for (const [at, { mark, text }] of lines.entries()) {
    if (shown.has(at)) {
      if (at !== last + 1) printed.push(`@@ -${old} +${now} @@`);
      printed.push(`${mark}${text}`);
      last = at;
    }
    if (mark !== "+") old += 1;
    if (mark !== "-") now += 1;
  }
  return printed;
}

const linesOf = (text: string): string[] => text.replace(/\n$/, "").split("\n");

/** By their longest common subsequence; definitions are short. */
function compareLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const at = (a: number, b: number): number => common[a]?.[b] ?? 0;
  for (let a = before.length - 1; a >= 0; a--)
    for (let b = after.length - 1; b >= 0; b--) {
      const row = common[a];
      if (row) row[b] = before[a] === after[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
    }
  const lines: DiffLine[] = [];
  let [a, b] = [0, 0];
  while (a < before.length || b < after.length) {
    if (a < before.length && b < after.length && before[a] === after[b]) {
      lines.push({ mark: " ", text: before[a] ?? "" });
      a += 1;
      b += 1;
    } else if (a < before.length && (b >= after.length || at(a + 1, b) >= at(a, b + 1)))
      lines.push({ mark: "-", text: before[a++] ?? "" });
    else lines.push({ mark: "+", text: after[b++] ?? "" });
  }
  return lines;
}
