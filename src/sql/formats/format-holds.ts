/**
 * Formats of text as SQL: made of functions that the engine has built in, and of regular expressions that take
 * time in proportion to the text, whatever is in it.
 */
import type { TextFormat } from "../../define/text-format.ts";
import { quoteText } from "../quote.ts";
import { gs1, isbn10, luhn, luhnOfLetters, mod97 } from "./checksums.ts";
import { countries, countries3, currencies, ibanLengths, languages } from "./code-lists.ts";
import * as patterns from "./patterns.ts";

/** A format, of a text that is there. */
interface Rule {
  /** What the whole text matches, before anything else is asked. */
  readonly pattern?: string;
  /** Most bytes it can have; longer text is not looked at. */
  readonly longest?: number;
  /** SQL that must be true beside. `x` is the text. */
  readonly and?: (x: string) => string;
}

/**
 * The condition in SQL under which the text `x` has a format: true or false, and null where `x` is null. `x` is SQL
 * of type VARCHAR that costs nothing to repeat, such as a column.
 */
export function formatHolds(format: TextFormat, x: string): string {
  const { pattern, longest, and } = rules[format];
  const shape = [
    ...(longest === undefined ? [] : [`strlen(${x}) <= ${longest}`]),
    ...(pattern === undefined ? [] : [`regexp_full_match(${x}, ${quoteText(pattern)})`]),
  ].join(" and ");
  if (and === undefined) return `(${shape})`;
  if (shape === "") return `(${and(x)})`;
  return `(case when ${shape} then ${and(x)} when ${x} is not null then false end)`;
}

/** As an expression: the engine makes a join out of a long list behind `in`, which costs rows their order. */
const among =
  (codes: readonly string[]) =>
  (x: string): string =>
    `regexp_full_match(${x}, ${quoteText(codes.join("|"))})`;

const isCountry = among([...countries, "XK"]);
const hasLength = among(ibanLengths);
const bare = (x: string): string => `replace(replace(${x}, '-', ''), ' ', '')`;
const isDay = (x: string): string => `try_cast(substr(${x}, 1, 10) as date) is not null`;

/** The minute of the day in UTC, of a text as RFC 3339 has it. */
const utcMinute = (x: string): string => {
  const minute = (text: string): string =>
    `(cast(substr(${text}, 1, 2) as integer) * 60 + cast(substr(${text}, 4, 2) as integer))`;
  const local = minute(`substr(${x}, 12, 5)`);
  const away = minute(`right(${x}, 5)`);
  return `(case when right(${x}, 1) in ('Z', 'z') then ${local} when substr(${x}, -6, 1) = '-' then ${local} + ${away} else ${local} - ${away} end)`;
};

const isLastSecond = (x: string): string =>
  `(substr(${x}, 18, 2) <> '60' or (${utcMinute(x)} + 1440) % 1440 = 1439)`;

const rules: Readonly<Record<TextFormat, Rule>> = {
  email: {
    pattern: patterns.email,
    longest: 254,
    // A name has 64 bytes at most, a label 63; and the last one is no number.
    and: (x) => `strpos(${x}, '@') <= 65 and not regexp_matches(${x}, '@.*[^.@]{64}|\\.\\d+$')`,
  },
  url: { pattern: patterns.url },
  uri: { pattern: patterns.uri },
  hostname: {
    pattern: patterns.hostname,
    longest: 253,
    and: (x) => `not regexp_matches(${x}, '(^|\\.)\\d+$')`,
  },
  ip: { pattern: `${patterns.ipv4}|${patterns.ipv6}`, longest: 45 },
  ipv4: { pattern: patterns.ipv4, longest: 15 },
  ipv6: { pattern: patterns.ipv6, longest: 45 },
  cidr: { pattern: patterns.cidr, longest: 49 },
  mac: { pattern: patterns.mac, longest: 17 },
  phone: { pattern: patterns.phone, longest: 80 },
  e164: { pattern: patterns.e164, longest: 16 },
  uuid: { pattern: patterns.uuid, longest: 36 },
  ulid: { pattern: patterns.ulid, longest: 26 },
  iban: {
    pattern: patterns.iban,
    longest: 34,
    and: (x) =>
      `${hasLength(`(substr(${x}, 1, 2) || strlen(${x}))`)} and ${mod97(`(substr(${x}, 5) || substr(${x}, 1, 4))`)}`,
  },
  bic: { pattern: patterns.bic, longest: 11, and: (x) => isCountry(`substr(${x}, 5, 2)`) },
  lei: { pattern: patterns.lei, longest: 20, and: mod97 },
  isin: { pattern: patterns.isin, longest: 12, and: luhnOfLetters },
  credit_card: { pattern: patterns.creditCard, longest: 19, and: luhn },
  isbn: {
    pattern: patterns.isbn,
    longest: 26,
    and: (x) =>
      `(case when strlen(${bare(x)}) = 10 then ${isbn10(bare(x))} else right(${x}, 1) not in ('X', 'x') and ${gs1(`replace(upper(${bare(x)}), 'X', '0')`)} end)`,
  },
  gtin: { pattern: patterns.gtin, longest: 14, and: gs1 },
  country: { and: among(countries) },
  country3: { and: among(countries3) },
  currency: { and: among(currencies) },
  language: { and: among(languages) },
  date: { pattern: patterns.date, longest: 10, and: isDay },
  time: { pattern: patterns.time, longest: 64 },
  date_time: {
    pattern: patterns.dateTime,
    longest: 64,
    and: (x) => `${isDay(x)} and ${isLastSecond(x)}`,
  },
  duration: {
    pattern: patterns.duration,
    longest: 128,
    and: (x) => `right(${x}, 1) not in ('P', 'T')`,
  },
  json: { and: (x) => `json_valid(${x})` },
  semver: { pattern: patterns.semver, longest: 256 },
  slug: { pattern: patterns.slug },
  base64: { pattern: patterns.base64 },
  hex: { pattern: patterns.hex },
};

/** How a message says that a text is not of a format. */
export const notOfFormat = (format: TextFormat): string => `not ${words[format]}`;

const words: Readonly<Record<TextFormat, string>> = {
  email: "an email address",
  url: "a URL of the web",
  uri: "a URI",
  hostname: "a hostname",
  ip: "an IP address",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  cidr: "a range of IP addresses (CIDR)",
  mac: "a MAC address",
  phone: "a phone number",
  e164: "a phone number as of E.164",
  uuid: "a UUID",
  ulid: "a ULID",
  iban: "an IBAN",
  bic: "a BIC",
  lei: "an LEI",
  isin: "an ISIN",
  credit_card: "a card number",
  isbn: "an ISBN",
  gtin: "a GTIN",
  country: "a country code (ISO 3166-1 alpha-2)",
  country3: "a country code (ISO 3166-1 alpha-3)",
  currency: "a currency code (ISO 4217)",
  language: "a language code (ISO 639-1)",
  date: "a date (YYYY-MM-DD)",
  time: "a time of day",
  date_time: "a date and time (RFC 3339)",
  duration: "a duration (ISO 8601)",
  json: "JSON",
  semver: "a semantic version",
  slug: "a slug",
  base64: "Base64",
  hex: "hexadecimal",
};
