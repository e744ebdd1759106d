import type { Asked } from "./ask.ts";
import { isShare, toleranceOf } from "./tolerance.ts";
import type { Verdict } from "./verdict.ts";

/** A condition with a query in it does not hang on its row alone. */
const looksElsewhere = /\b(?:select|from)\b/i;

/**
 * The questions that no part of a table can offend, because nothing in the whole did: those that judge rows one by
 * one, and uniqueness. What else a check may ask, a part may answer in another way than the whole.
 */
export function cleanQuestions(asked: readonly Asked[], before: Verdict): string[] {
  const clean = new Set(
    before.results.filter(({ passed, value }) => passed && value === 0).map(({ name }) => name),
  );
  const names = asked.map(({ check }) => check.name);
  return asked
    .filter(({ check, question }) => {
      const judgesRows =
        question.ask === "duplicates" || (question.ask === "aggregate" && question.sample !== undefined);
      const condition = question.ask === "aggregate" ? question.sample : question.where;
      const isOnly = names.indexOf(check.name) === names.lastIndexOf(check.name);
      return (
        judgesRows &&
        !looksElsewhere.test(condition ?? "") &&
        // A share is one of all rows, of which a part does not know how many there are.
        !isShare(toleranceOf(check)) &&
        isOnly &&
        clean.has(check.name)
      );
    })
    .map(({ question }) => question.id);
}
