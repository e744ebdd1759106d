/** Each format against the examples that its standard, or the registry behind it, publishes; and against hostile text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TextFormat, textFormats } from "../../define/text-format.ts";
import { countries, countries3, currencies, languages } from "./code-lists.ts";
import { formatHolds } from "./format-holds.ts";

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
});

afterAll(() => connection.closeSync());

/** What the engine says of each text. */
async function judge(format: TextFormat, texts: readonly (string | null)[]): Promise<unknown[]> {
  await connection.run("create or replace temp table texts (n integer, t varchar)");
  const insert = await connection.createAppender("texts");
  for (const [index, text] of texts.entries()) {
    insert.appendInteger(index);
    if (text === null) insert.appendNull();
    else insert.appendVarchar(text);
    insert.endRow();
  }
  insert.closeSync();
  const reader = await connection.runAndReadAll(`select ${formatHolds(format, "t")} from texts order by n`);
  return reader.getRows().map(([value]) => value);
}

const repeat = (text: string, times: number): string => text.repeat(times);

interface Examples {
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

const examples: Readonly<Record<TextFormat, Examples>> = {
  email: {
    yes: [
      "simple@example.com",
      "very.common@example.com",
      "x@example.com",
      "disposable.style.email.with+symbol@example.com",
      "user-@example.org",
      "user%example.com@example.org",
      "mailhost!username@example.org",
      "o'brien@example.ie",
      "用户@例子.广告",
      "अजय@डाटा.भारत",
      "jörg@münchen.de",
      `${repeat("a", 64)}@example.com`,
    ],
    no: [
      "abc.example.com",
      "a@b@c@example.com",
      'a"b(c)d,e:f;g<h>i[j\\k]l@example.com',
      'just"not"right@example.com',
      "i.like.underscores@but_they_are_not_allowed_in_this_part.example",
      `${repeat("a", 65)}@example.com`,
      "john..doe@example.com",
      ".john@example.com",
      "john.@example.com",
      "john@-example.com",
      "john@example.123",
      "john@localhost",
      `john@${repeat("a", 64)}.com`,
      " john@example.com",
      "john@example.com\n",
      "John <john@example.com>",
      "@",
      "",
    ],
  },
  url: {
    yes: [
      "http://www.ietf.org/rfc/rfc2396.txt",
      "https://example.com",
      "HTTPS://EXAMPLE.COM:8443/a?b=c&d[]=e#f",
      "http://user:secret@example.com/",
      "http://[2001:db8::7]/c=GB?objectClass?one",
      "http://localhost:3000",
      "https://en.wikipedia.org/wiki/Zürich_(Stadt)",
      "https://例え.jp/パス?q=%E2%82%AC",
    ],
    no: [
      "example.com",
      "//example.com",
      "ftp://example.com",
      "http://",
      "http:///path",
      "http://exa mple.com",
      "http://example.com/a b",
      "http://example.com/%zz",
      "http://example.com/<script>",
      "javascript:alert(1)",
      "http://example.com\n",
      "http://example.com/\u202Egpj.exe",
      "",
    ],
  },
  uri: {
    yes: [
      "ftp://ftp.is.co.za/rfc/rfc1808.txt",
      "ldap://[2001:db8::7]/c=GB?objectClass?one",
      "mailto:John.Doe@example.com",
      "news:comp.infosystems.www.servers.unix",
      "tel:+1-816-555-1212",
      "telnet://192.0.2.16:80/",
      "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
      "file:///etc/hosts",
      "s3://bucket/key",
    ],
    no: ["/relative", "example.com/a", "1http://a", "a b:c", "http://a\\b", ":", ""],
  },
  hostname: {
    yes: ["example.com", "localhost", "xn--4gbwdl.xn--wgbh1c", "3com.com", `${repeat("a", 63)}.de`, "a-b.c"],
    no: [
      "-a.com",
      "a-.com",
      "a..b",
      ".a",
      "a.",
      "a_b.com",
      `${repeat("a", 64)}.de`,
      "192.0.2.1",
      repeat("a.", 127) + "ab",
      "bücher.de",
      "",
    ],
  },
  ip: {
    yes: ["192.0.2.1", "::1", "2001:db8::8a2e:370:7334"],
    no: ["192.0.2", "::1::2", "fe80::1%eth0", ""],
  },
  ipv4: {
    yes: ["0.0.0.0", "255.255.255.255", "192.0.2.235"],
    no: ["256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "0x7f.1", "1.2.3.4 ", "１.2.3.4", ""],
  },
  ipv6: {
    yes: [
      "ABCD:EF01:2345:6789:ABCD:EF01:2345:6789",
      "2001:DB8:0:0:8:800:200C:417A",
      "2001:DB8::8:800:200C:417A",
      "FF01::101",
      "::1",
      "::",
      "0:0:0:0:0:0:13.1.68.3",
      "::FFFF:129.144.52.38",
      "1:2:3:4:5:6:7::",
      "1::3:4:5:6:7:8",
    ],
    no: [
      "12345::",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1::2::3",
      ":1:2:3:4:5:6:7",
      "::g",
      "::1/64",
      "1:2:3:4:5:6:7:8::",
      "::256.0.0.1",
      "",
    ],
  },
  cidr: {
    yes: ["192.0.2.0/24", "0.0.0.0/0", "10.0.0.0/32", "2001:db8::/32", "::/0", "::1/128"],
    no: ["192.0.2.0", "192.0.2.0/33", "::1/129", "192.0.2.0/024", "/8", ""],
  },
  mac: {
    yes: ["00:00:5E:00:53:AF", "00-00-5e-00-53-af", "0000.5e00.53af"],
    no: ["00:00:5E:00:53", "00:00-5E:00:53:AF", "0000:5e00:53af", "00005E0053AF", "GG:00:5E:00:53:AF", ""],
  },
  phone: {
    yes: [
      "+49 89 123456",
      "(02) 1234 5678",
      "+1 (212) 555-0199",
      "089/123456",
      "212.555.0199",
      "+12125550199",
      "212-555-0199 ext. 12",
      "+33 1 23 45 67 89",
    ],
    no: ["1234", "+49", "call me", "12345678901234567", "12--------345678", "+49 89 1234a6", "١٢٣٤٥٦٧", ""],
  },
  e164: {
    yes: ["+14155552671", "+442071838750", "+551155256325"],
    no: ["14155552671", "+0155552671", "+1 415 555 2671", "+1234567890123456", "+12345", ""],
  },
  uuid: {
    yes: [
      "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
      "C232AB00-9414-11EC-B3C8-9F6BDECED846",
      "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
      "00000000-0000-0000-0000-000000000000",
      "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    ],
    no: [
      "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
      "f81d4fae7dec11d0a76500a0c91e6bf6",
      "g81d4fae-7dec-11d0-a765-00a0c91e6bf6",
      "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
      "",
    ],
  },
  ulid: {
    yes: ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01arz3ndektsv4rrffq69g5fav"],
    no: ["8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAU", ""],
  },
  iban: {
    yes: [
      "GB82WEST12345698765432",
      "DE89370400440532013000",
      "FR1420041010050500013M02606",
      "NO9386011117947",
      "CH9300762011623852957",
      "MT84MALT011000012345MTLCAST001S",
      "NL91ABNA0417164300",
      "BR1800360305000010009795493C1",
    ],
    no: [
      "GB82WEST12345698765433",
      "GB82 WEST 1234 5698 7654 32",
      "gb82west12345698765432",
      "DE8937040044053201300",
      "ZZ89370400440532013000",
      "DE98370400440532013000",
      "",
    ],
  },
  bic: {
    yes: ["DEUTDEFF", "DEUTDEFF500", "NEDSZAJJXXX", "UNCRITMM"],
    no: ["DEUTDEF", "DEUTZZFF", "deutdeff", "DEUTDEFF50", "DEUTDEFF5000", ""],
  },
  lei: {
    yes: ["54930084UKLVMY22DS16", "213800WSGIIZCXF1P572", "5493000IBP32UQZ0KL24"],
    no: ["54930084UKLVMY22DS17", "54930084UKLVMY22DS1", "54930084uklvmy22ds16", ""],
  },
  isin: {
    yes: ["US0378331005", "AU0000XVGZA3", "AU0000VXGZA3", "FR0000988040", "GB0002634946"],
    no: ["US0373831005", "U50378331005", "US03378331005", "us0378331005", ""],
  },
  credit_card: {
    yes: [
      "4111111111111111",
      "4012888888881881",
      "5555555555554444",
      "378282246310005",
      "6011111111111117",
      "3530111333300000",
    ],
    no: ["4111111111111112", "4111 1111 1111 1111", "411111", "0000000000000000", "41111111111111111111", ""],
  },
  isbn: {
    yes: [
      "0-306-40615-2",
      "0306406152",
      "978-0-306-40615-7",
      "9780306406157",
      "080442957X",
      "978 3 16 148410 0",
    ],
    no: [
      "0-306-40615-3",
      "978-0-306-40615-8",
      "0--306406152",
      "97803064061X7",
      "978030640615X",
      "977-0-306-40615-7",
      "X306406152",
      "",
    ],
  },
  gtin: {
    yes: ["96385074", "036000291452", "4006381333931", "10614141000415"],
    no: ["96385075", "036000291453", "4006381333932", "400638133393", "123456789", ""],
  },
  country: { yes: countries, no: ["UK", "de", "XX", "DEU", "EU", " DE", ""] },
  country3: { yes: countries3, no: ["deu", "DE", "XXX", "EUR", ""] },
  currency: { yes: currencies, no: ["eur", "EU", "€", "DEM", "BTC", ""] },
  language: { yes: languages, no: ["DE", "deu", "xx", "en-GB", ""] },
  date: {
    yes: ["2024-02-29", "1985-04-12", "0001-01-01", "9999-12-31"],
    no: [
      "2023-02-29",
      "2024-2-9",
      "2024-13-01",
      "2024-00-10",
      "2024-04-31",
      "20240229",
      "2024-02-29T00:00",
      "",
    ],
  },
  time: {
    yes: ["00:00", "23:59:59", "13:20:00.5", "08:30:06Z", "08:30:06+05:30", "23:59:60Z"],
    no: ["24:00", "8:30", "23:60", "12:34:60", "08:30:06 PM", "08:30:06+24:00", ""],
  },
  date_time: {
    yes: [
      "1985-04-12T23:20:50.52Z",
      "1996-12-19T16:39:57-08:00",
      "1990-12-31T23:59:60Z",
      "1990-12-31T15:59:60-08:00",
      "1937-01-01T12:00:27.87+00:20",
      "2024-02-29 12:00:00z",
    ],
    no: [
      "1985-04-12T23:20:50",
      "1998-12-31T23:58:60Z",
      "1998-12-31T22:59:60Z",
      "2023-02-29T00:00:00Z",
      "1990-02-31T15:59:59.123-08:00",
      "1990-12-31T24:00:00Z",
      "06/19/1963 08:30:06 PST",
      "1985-04-12T23:20:50+24:00",
      "",
    ],
  },
  duration: {
    yes: ["P4DT12H30M5S", "P4Y", "PT0S", "P0D", "P1M", "PT1M", "PT36H", "P1DT12H", "P2W", "PT0.5S"],
    no: ["PT1D", "P", "P1YT", "PT", "P2D1Y", "P1D2H", "P2S", "4DT12H30M5S", "P1Y2W", "P1", ""],
  },
  json: { yes: ['{"a":[1,null]}', "1", '"x"', "null", "[]"], no: ["{'a':1}", "{", "{a:1}", ""] },
  semver: {
    yes: [
      "0.0.4",
      "1.2.3",
      "1.1.2-prerelease+meta",
      "1.0.0-alpha.beta",
      "1.0.0-0A.is.legal",
      "2.0.0+build.1848",
      "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
      "99999999999999999999999.999999999999999999.99999999999999999",
    ],
    no: [
      "1",
      "1.2",
      "1.2.3-0123",
      "1.2.3-0123.0123",
      "1.1.2+.123",
      "+invalid",
      "1.0.0-alpha..1",
      "01.1.1",
      "1.01.1",
      "v1.2.3",
      "1.2.3.DEV",
      "1.2-SNAPSHOT",
      "",
    ],
  },
  slug: { yes: ["a", "hello-world", "2024-report"], no: ["Hello", "a--b", "-a", "a-", "a_b", "ä", ""] },
  base64: {
    yes: ["Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"],
    no: ["Zg=", "Zg", "Zm9v\n", "Z-_v", "=Zm9", "Zm9vYg==Zm9v", ""],
  },
  hex: { yes: ["66", "666f6f626172", "DEADBEEF"], no: ["6", "0x66", "6g", ""] },
};

describe.each(textFormats)("%s", (format) => {
  test("accepts what its standard gives as examples, and refuses what is not", async () => {
    const { yes, no } = examples[format];
    const answers = await judge(format, [...yes, ...no]);
    expect([...yes, ...no].filter((_, index) => answers[index] === true)).toEqual(yes);
    expect(answers.every((answer) => typeof answer === "boolean")).toBe(true);
  });

  test("says nothing of a null", async () => {
    expect(await judge(format, [null])).toEqual([null]);
  });

  test("refuses hostile text, and takes no time over it", async () => {
    const example = examples[format].yes[0] ?? "";
    const long = 1_000_000;
    const hostile = [
      `${example}\0`,
      `\0${example}`,
      `${example}\n`,
      `\u202E${example}`,
      `${example}\u200F`,
      `${repeat("a", long)}!`,
      `${repeat("1", long)}!`,
      `${repeat("a.", long / 2)}@`,
      `${repeat("A1:", long / 3)}\u{1F600}\0`,
      repeat("\u0301", long),
    ].filter((text) => !(format === "json" && text.endsWith("\n")));
    const start = process.cpuUsage();
    const answers = await judge(format, hostile);
    const { user } = process.cpuUsage(start);
    // Cut, so that a failure can be read.
    const accepted = hostile.filter((_, index) => answers[index] !== false).map((text) => text.slice(0, 40));
    expect(accepted).toEqual([]);
    expect(user / 1e6).toBeLessThan(20);
  });
});

test("the guide names every format", () => {
  const guide = readFileSync(join(import.meta.dirname, "../../../docs/guides/sources.md"), "utf8");
  const section = guide.split(/^## /m).find((part) => part.startsWith("Formats of text\n")) ?? "";
  const cells = [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(
    ([, cell = ""]) => cell.match(/\w+/g) ?? [],
  );
  expect(cells.toSorted()).toEqual([...textFormats].toSorted());
});

test("a hundred thousand account numbers that were made up have the right check digits one time in 97", async () => {
  const holds = formatHolds("iban", "t");
  const reader = await connection.runAndReadAll(`
    select count(*) filter (where ${holds}) from (
      select 'DE' || lpad(((i * 7) % 100)::varchar, 2, '0') || lpad(i::varchar, 18, '0') as t from range(97000) r(i))`);
  const [[count]] = reader.getRows() as [[bigint]];
  expect(Number(count)).toBeGreaterThan(800);
  expect(Number(count)).toBeLessThan(1200);
});
