/** Regular expressions (RE2) of formats, each made of the parts its standard is made of. A whole text must match. */

const group = (...alternatives: readonly string[]): string => `(?:${alternatives.join("|")})`;

const byte = group("25[0-5]", String.raw`2[0-4]\d`, String.raw`1\d\d`, String.raw`[1-9]?\d`);

/** RFC 791, dotted; a leading zero would be octal to some, so it is refused. */
export const ipv4 = String.raw`(?:${byte}\.){3}${byte}`;

const h16 = "[0-9A-Fa-f]{1,4}";
const ls32 = group(`${h16}:${h16}`, ipv4);

/** RFC 3986, `IPv6address`; no zone. */
export const ipv6 = group(
  `(?:${h16}:){6}${ls32}`,
  `::(?:${h16}:){5}${ls32}`,
  `(?:${h16})?::(?:${h16}:){4}${ls32}`,
  `(?:(?:${h16}:){0,1}${h16})?::(?:${h16}:){3}${ls32}`,
  `(?:(?:${h16}:){0,2}${h16})?::(?:${h16}:){2}${ls32}`,
  `(?:(?:${h16}:){0,3}${h16})?::${h16}:${ls32}`,
  `(?:(?:${h16}:){0,4}${h16})?::${ls32}`,
  `(?:(?:${h16}:){0,5}${h16})?::${h16}`,
  `(?:(?:${h16}:){0,6}${h16})?::`,
);

/** RFC 4632 and RFC 4291: an address and the length of its prefix. */
export const cidr = group(
  String.raw`${ipv4}/(?:3[0-2]|[12]?\d)`,
  String.raw`${ipv6}/(?:12[0-8]|1[01]\d|[1-9]?\d)`,
);

const pair = "[0-9A-Fa-f]{2}";

/** IEEE 802, 48 bits: six pairs, or three groups with dots. */
export const mac = group(
  `${pair}(?::${pair}){5}`,
  `${pair}(?:-${pair}){5}`,
  String.raw`[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}`,
);

/** RFC 1123. */
export const hostname = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?`;

const label = String.raw`[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?`;

/** A name of two labels or more, the last with a letter; in any script. */
const domain = String.raw`(?:${label}\.)+${label}`;

const atom = String.raw`[\p{L}\p{M}\p{N}!#$%&'*+/=?^_\x60{|}~-]+`;

/** RFC 5321 with RFC 6531, as far as people have such addresses: no quoted names, no comments, no bare hosts. */
export const email = String.raw`${atom}(?:\.${atom})*@${domain}`;

/** RFC 3986 with RFC 3987: letters of any script, escapes whole. */
const character = String.raw`(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}|[\p{L}\p{M}\p{N}\p{So}])`;
const queryCharacter = String.raw`(?:[?\[\]]|${character})`;
const port = String.raw`(?::\d{1,5})?`;
const userInfo = String.raw`(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?`;
const urlLabel = String.raw`[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_-]*[\p{L}\p{M}\p{N}_])?`;
const urlHost = String.raw`(?:(?:${urlLabel}\.)*${urlLabel}\.?|\[${ipv6}\])`;
const tail = String.raw`(?:\?${queryCharacter}*)?(?:#${queryCharacter}*)?`;

/** An absolute address of the web. */
export const url = String.raw`(?i:https?)://${userInfo}${urlHost}${port}(?:/${character}*)?${tail}`;

/** RFC 3986, with a scheme; what follows depends on it. */
export const uri = String.raw`[A-Za-z][A-Za-z0-9+.-]*:(?://${userInfo}(?:\[${ipv6}\]|${character}*?)${port})?${character}*${tail}`;

/** Five to fifteen digits as people write them, with a country's code or without; an extension may follow. */
export const phone = String.raw`\+?\(?\d(?:[ ().\x{A0}/-]{0,3}\d){4,14}\)?(?: ?(?:x|ext\.?) ?\d{1,6})?`;

/** ITU-T E.164 as machines write it: plus, country, number; no spaces. */
export const e164 = String.raw`\+[1-9]\d{6,14}`;

/** RFC 9562, any version. */
export const uuid = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";

/** 128 bits in Crockford's letters; the first holds three bits only. */
export const ulid = "[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}";

export const iban = String.raw`[A-Z]{2}\d{2}[A-Z0-9]{11,30}`;

/** ISO 9362: party, country, place, and perhaps a branch. */
export const bic = "[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?";

/** ISO 17442. */
export const lei = String.raw`[A-Z0-9]{18}\d{2}`;

/** ISO 6166. */
export const isin = String.raw`[A-Z]{2}[A-Z0-9]{9}\d`;

/** ISO/IEC 7812-1, as far as cards are that people pay with. */
export const creditCard = String.raw`[1-9]\d{11,18}`;

/** GS1: 8, 12, 13 or 14 digits. */
export const gtin = String.raw`\d{8}|\d{12,14}`;

/** ISO 2108, with single hyphens or spaces between its parts. */
export const isbn = String.raw`(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx]`;

const clock = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;
const offset = String.raw`(?:[Zz]|[+-]${clock})`;

/** ISO 8601 extended. A second that leaps is the day's last. */
export const time = String.raw`(?:${clock}(?::[0-5]\d(?:\.\d+)?)?|23:59:60(?:\.\d+)?)${offset}?`;

export const date = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;

/** RFC 3339. */
export const dateTime = String.raw`${date}[Tt ]${clock}:(?:[0-5]\d|60)(?:\.\d+)?${offset}`;

/** ISO 8601: weeks alone, or the other units in their order. */
export const duration = String.raw`P(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:[.,]\d+)?S)?)?)`;

const numeric = String.raw`(?:0|[1-9]\d*)`;
const prerelease = String.raw`(?:${numeric}|\d*[A-Za-z-][0-9A-Za-z-]*)`;

/** Semantic Versioning 2.0.0. */
export const semver = String.raw`${numeric}\.${numeric}\.${numeric}(?:-${prerelease}(?:\.${prerelease})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?`;

/** Words of small letters and digits, with single hyphens between them. */
export const slug = "[a-z0-9]+(?:-[a-z0-9]+)*";

/** RFC 4648, section 4, padded. */
export const base64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)";

/** RFC 4648, section 8: whole bytes. */
export const hex = "(?:[0-9A-Fa-f]{2})+";
