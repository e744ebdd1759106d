import { type LeakKind, leakKinds } from "../define/check-spec.ts";
import type { GraphColumn } from "../graph/graph.ts";
import { quoteName } from "../sql/quote.ts";

/** What may offend where a check of personal data does not say. */
export const defaultLeakTolerance = "1%";

/** The columns in which nothing personal is expected: the listed ones, or all text that is not tagged as personal. */
export function leakingColumns(
  check: { readonly columns?: readonly string[] },
  columns: readonly GraphColumn[],
): readonly string[] {
  return (
    check.columns ??
    columns
      .filter(({ engineType, declared }) => engineType === "VARCHAR" && !isPersonal(declared?.tags ?? []))
      .map(({ name }) => name)
  );
}

const isPersonal = (tags: readonly string[]): boolean =>
  tags.some((tag) => tag === "pii" || tag.startsWith("pii."));

/** True of a row with a value that looks personal. */
export function leakCondition(columns: readonly string[], kinds: readonly LeakKind[] = leakKinds): string {
  const looks = columns.flatMap((column) => kinds.map((kind) => looksLike[kind](quoteName(column))));
  return looks.length === 0 ? "false" : looks.map((look) => `coalesce(${look}, false)`).join(" or ");
}

/** Addresses are found inside longer text; numbers only where the value is nothing else, for digits are everywhere. */
const looksLike: Readonly<Record<LeakKind, (value: string) => string>> = {
  email: (value) =>
    `regexp_matches(${value}, '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}')`,
  phone: (value) => `regexp_full_match(trim(${value}), '(\\+|00)[1-9]([ ().-]*\\d){7,14}')`,
  iban: (value) =>
    `case when regexp_full_match(${value}, '\\s*[A-Za-z]{2}\\d{2}( ?[A-Za-z0-9]){11,30}\\s*') then ${ibanRest(value)} = 1 else false end`,
  card: (value) =>
    `case when regexp_full_match(${value}, '\\s*[2-6]\\d{3}([ -]?\\d){9,15}\\s*') then ${luhnSum(value)} % 10 = 0 else false end`,
};

/** ISO 13616: the first four characters moved behind, letters as numbers from 10, modulo 97, digit by digit. */
function ibanRest(value: string): string {
  const plain = `upper(regexp_replace(${value}, '\\s', '', 'g'))`;
  const moved = `string_split(${plain}[5:] || ${plain}[:4], '')`;
  const number =
    "case when letter between '0' and '9' then cast(letter as integer) else ascii(letter) - 55 end";
  const step = "case when next > 9 then (rest * 100 + next) % 97 else (rest * 10 + next) % 97 end";
  return `list_reduce(list_transform(${moved}, lambda letter: ${number}), lambda rest, next: ${step})`;
}

/** ISO/IEC 7812: every second digit from the right doubled, its digits added. */
function luhnSum(value: string): string {
  const digits = `string_split(reverse(regexp_replace(${value}, '\\D', '', 'g')), '')`;
  const worth =
    "case when place % 2 = 1 then cast(digit as integer) else cast(digit as integer) * 2 - case when digit > '4' then 9 else 0 end end";
  return `list_sum(list_transform(${digits}, lambda digit, place: ${worth}))`;
}
