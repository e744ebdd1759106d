/** What a text may be promised to be. Each name has its SQL in `sql/formats`, and its line in the guide to contracts. */
export const textFormats = [
  "email",
  "url",
  "uri",
  "hostname",
  "ip",
  "ipv4",
  "ipv6",
  "cidr",
  "mac",
  "phone",
  "e164",
  "uuid",
  "ulid",
  "iban",
  "bic",
  "lei",
  "isin",
  "credit_card",
  "isbn",
  "gtin",
  "country",
  "country3",
  "currency",
  "language",
  "date",
  "time",
  "date_time",
  "duration",
  "json",
  "semver",
  "slug",
  "base64",
  "hex",
] as const;

/** The name of a format of text, such as `"email"`. */
export type TextFormat = (typeof textFormats)[number];

const names: ReadonlySet<string> = new Set(textFormats);

export const isTextFormat = (name: string): name is TextFormat => names.has(name);
