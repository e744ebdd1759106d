/** Check digits in SQL, of text whose shape was seen to be right. Each formula is of the standard named beside it. */

/** The characters of `x` as numbers: digits as they are, letters from A = 10. */
const values = (x: string): string =>
  `list_transform(string_split(${x}, ''), lambda c: case when c <= '9' then ascii(c) - 48 else ascii(c) - 55 end)`;

/** ISO/IEC 7064 MOD 97-10: letters count as two digits, and the remainder is 1. Digit by digit, as no integer is as wide. */
export const mod97 = (x: string): string =>
  `list_reduce(${values(x)}, lambda a, d: (a * case when d > 9 then 100 else 10 end + d) % 97, 0) = 1`;

/** ISO/IEC 7812-1, Luhn: every second digit from the right counts double, its own digits summed. */
export const luhn = (digits: string): string =>
  `list_sum(list_transform(string_split(reverse(${digits}), ''), lambda c, i:
    case when i % 2 = 1 then ascii(c) - 48 else (ascii(c) - 48) * 2 - case when c > '4' then 9 else 0 end end)) % 10 = 0`;

/** ISO 6166: Luhn over the digits that letters are written as. */
export const luhnOfLetters = (x: string): string => luhn(`array_to_string(${values(x)}, '')`);

/** GS1: digits weigh 1 and 3 in turn, from the right. */
export const gs1 = (digits: string): string =>
  `list_sum(list_transform(string_split(reverse(${digits}), ''), lambda c, i: (ascii(c) - 48) * case when i % 2 = 1 then 1 else 3 end)) % 10 = 0`;

/** ISO 2108 with ten digits: weights 10 down to 1 from the left, the last may be X for ten. */
export const isbn10 = (x: string): string =>
  `list_sum(list_transform(string_split(${x}, ''), lambda c, i: (11 - i) * case when c in ('X', 'x') then 10 else ascii(c) - 48 end)) % 11 = 0`;
