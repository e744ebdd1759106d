import type { Asked } from "./ask.ts";
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
      const byRow =
        question.ask === "aggregate" &&
        question.sample !== undefined &&
        !looksElsewhere.test(question.sample);
      const isOnly = names.indexOf(check.name) === names.lastIndexOf(check.name);
      return (byRow || question.ask === "duplicates") && isOnly && clean.has(check.name);
    })
    .map(({ question }) => question.id);
}
