import { expect, test } from "vitest";
import { findListItem } from "./list-item.ts";

const item = (text: string, index: number): string | undefined => {
  const found = findListItem(text, 0, index);
  return found && text.slice(found.at, found.at + found.length);
};

test.each<[string, readonly (string | undefined)[]]>([
  ['["a", b.c, `d,e`]', ['"a"', "b.c", "`d,e`", undefined]],
  [' [ { x: [1, 2], y: "]" } , f(1, [2]) ,\n ]', ['{ x: [1, 2], y: "]" }', "f(1, [2])", undefined]],
  ['[ // one, two\n  one /* [ */, two as "x"]', ["one", 'two as "x"']],
  ["[a, ...others, b]", ["a", undefined, undefined]],
  ["[]", [undefined]],
  ["call([a])", [undefined]],
  ["[a, b", ["a", undefined]],
])("%s", (text, items) => {
  expect(items.map((_, index) => item(text, index))).toEqual(items);
});
