import { expect, test } from "vitest";
import { clip, displayWidth, pad, printable, wrap } from "./display-text.ts";
import { age, bytes, count, duration, names } from "./quantity.ts";
import { renderTable } from "./table.ts";

test("width counts what a terminal shows", () => {
  expect(displayWidth("abc")).toBe(3);
  expect(displayWidth("héllo")).toBe(5);
  expect(displayWidth("e\u0301")).toBe(1);
  expect(displayWidth("日本")).toBe(4);
  expect(displayWidth("👩‍👩‍👧")).toBe(2);
});

test("what does not fit is cut between characters", () => {
  expect(clip("community.comments", 10)).toBe("community…");
  expect(clip("日本語", 5)).toBe("日本…");
  expect(clip("日本語", 6)).toBe("日本語");
  expect(clip("a👩‍👩‍👧b", 3)).toBe("a…");
  expect(clip("x".repeat(100_000), 4)).toBe("xxx…");
  expect(clip("abc", 0)).toBe("");
  expect(pad("日", 4)).toBe("日  ");
  expect(pad("7", 3, "right")).toBe("  7");
});

test("text of strangers cannot move the cursor, break lines or turn the direction", () => {
  expect(printable("a\nb\tc")).toBe("a\\nb\\tc");
  expect(printable("\u001b[2Jboo\u0007")).toBe("\\u001b[2Jboo\\u0007");
  expect(printable("user\u202egpj.exe")).toBe("user\\u202egpj.exe");
  expect(printable("schön 👍")).toBe("schön 👍");
});

test("lines break at spaces", () => {
  expect(wrap("one two three", 8)).toEqual(["one two", "three"]);
  expect(wrap("incomprehensibilities", 8)).toEqual(["incomprehensibilities"]);
  expect(wrap("as it is", Infinity)).toEqual(["as it is"]);
});

test("a table is aligned and gives way where it is widest", () => {
  const columns = [
    { title: "name" },
    { title: "rows", align: "right" as const, fixed: true },
    { title: "why" },
  ];
  const rows = [
    ["raw.slack", "12,040", "a long reason that does not fit at all"],
    ["x", "1", ""],
  ];
  expect(renderTable(columns, rows, { width: 40 }).join("\n")).toBe(`\
name         rows  why
raw.slack  12,040  a long reason that d…
x               1`);
  expect(renderTable(columns, rows, { width: Infinity, indent: "  " })[1]).toBe(
    "  raw.slack  12,040  a long reason that does not fit at all",
  );
});

test("quantities", () => {
  expect([0, 999, 1000, 1234567].map(count)).toEqual(["0", "999", "1,000", "1,234,567"]);
  expect([3, 990, 999, 3210, 59_990, 250_000, 7_500_000].map(duration)).toEqual([
    "0.00 s",
    "0.99 s",
    "1.0 s",
    "3.2 s",
    "1 min 0 s",
    "4 min 10 s",
    "2 h 5 min",
  ]);
  expect([5, 1500, 3_100_000_000].map(bytes)).toEqual(["5 B", "1.5 KB", "3.1 GB"]);
  expect(age("2026-03-01T10:00:00Z", new Date("2026-03-01T13:10:00Z"))).toBe("3 h ago");
  expect(names(["a", "b", "c", "d"])).toBe("a, b, c and 1 more");
});
