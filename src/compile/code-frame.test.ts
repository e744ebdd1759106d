import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../errors.ts";
import { renderDiagnostic } from "./code-frame.ts";

const mistake: Diagnostic = {
  code: "unknown-column",
  severity: "error",
  message: 'column "boddy" does not exist in community.comments',
  path: "models/community/phrases.sql",
  line: 4,
  column: 11,
  length: 5,
  suggestion: 'did you mean "body"?',
};

describe("renderDiagnostic", () => {
  test("shows the line, the one before, a mark and the way out", () => {
    const text = "/*---\n---*/\nselect\n  lower(c.boddy) as phrase\nfrom community.comments as c\n";
    expect(renderDiagnostic(mistake, text)).toBe(
      [
        "error[unknown-column] models/community/phrases.sql:4:11",
        '  column "boddy" does not exist in community.comments',
        "    3 | select",
        "  > 4 |   lower(c.boddy) as phrase",
        "      |           ^^^^^",
        '  did you mean "body"?',
      ].join("\n"),
    );
  });

  test("does without a text, a line or a column", () => {
    expect(renderDiagnostic(mistake)).toBe(
      'error[unknown-column] models/community/phrases.sql:4:11\n  column "boddy" does not exist in community.comments\n  did you mean "body"?',
    );
    const { line: _, column: __, suggestion: ___, ...bare } = mistake;
    expect(renderDiagnostic(bare, "text")).toBe(
      'error[unknown-column] models/community/phrases.sql\n  column "boddy" does not exist in community.comments',
    );
    expect(renderDiagnostic({ ...mistake, line: 99 }, "short")).not.toContain("|");
  });

  test.each([
    ["日本 as a, boddy", 10],
    ["'🎉' as a, boddy", 12],
    ["'👩‍👩‍👧' a, boddy", 15],
    ["e\u0301 as a, boddy", 10],
    ["\tas a, boddy", 8],
  ])("puts the mark below the word in %j", (line, column) => {
    expect(line.slice(column - 1)).toBe("boddy");
    const [, , , shown = "", mark = ""] = renderDiagnostic(
      { ...mistake, line: 2, column },
      `one\n${line}`,
    ).split("\n");
    expect(terminalColumns(shown.slice(0, shown.indexOf("boddy")))).toBe(mark.indexOf("^"));
  });

  test("cuts long lines around the mark", () => {
    const text = `${"x".repeat(5000)}boddy${"y".repeat(5000)}`;
    const lines = renderDiagnostic({ ...mistake, line: 1, column: 5001 }, text).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120);
    const [, , shown = "", mark = ""] = lines;
    expect(shown.indexOf("boddy")).toBe(mark.indexOf("^"));
  });

  test("lets nothing through that drives a terminal", () => {
    const evil = "\u001b[31m\u202e\r\u0007";
    const shown = renderDiagnostic(
      { ...mistake, path: evil, message: evil, suggestion: evil, line: 1 },
      `${evil}boddy`,
    );
    const drivers = ["\u001b", "\u202e", "\r", "\u0007"];
    expect(drivers.filter((character) => shown.includes(character))).toEqual([]);
  });
});

/** What the terminals do that we know: these characters take two columns, joiners and accents none. */
function terminalColumns(text: string): number {
  return [...new Intl.Segmenter("en").segment(text)].reduce(
    (sum, { segment }) => sum + (/[日本🎉👩]/u.test(segment) ? 2 : 1),
    0,
  );
}
