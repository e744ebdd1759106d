/** A value of a column that holds personal data stays with the rows: no way out of the program tells it but a query. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MailServer, mailServer } from "../../src/testing/mail-server.ts";
import { hookServer, type HookServer } from "./hook-server.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

/** Neither the smallest nor the largest: those the store keeps for the engine. */
const canary = "m-canary-5b1d@example.org";
const number = "733157";

const people = `import { check, files, source, t } from "sluice";
export default source({
  from: files("landing/*.csv"),
  owner: "people-team",
  columns: {
    id: t.integer().key(),
    mail: t.text().nullable().tag("pii.email"),
    salary: t.integer().tag("pii.salary"),
    team: t.text(),
  },
  quarantine: { warn: 0, stop: 0.9 },
  checks: [
    check.median("salary", { max: 10, severity: "warn" }),
    check.topValue("mail", { max: 0.05, severity: "warn" }),
    check.rowPredicate("mail not like 'm-%'", { severity: "warn" }),
    check.sql("select mail || '!' as cry from this where mail like 'm-%'", { severity: "warn" }),
    check.metricSql("select median(salary) from this", { max: 5, severity: "warn" }),
    check.rowPredicate("length(team) < 3", { name: "short teams", severity: "warn" }),
    check.sql("select cast(mail as integer) from this", { name: "shouting", severity: "warn" }),
  ],
});
`;
/** Yields somebody's address where a date is due. */
const days = `import { dataset, model, t } from "sluice";
export default model({
  inputs: { people: dataset("raw.people") },
  columns: { id: t.integer().key(), day: t.date() },
  async *rows({ people }) {
    for await (const { id, mail } of people) if (String(mail).startsWith("m-")) yield { id, day: String(mail) };
  },
});
`;
const hooks = `, owner: "data", lineage: { openLineage: "file:lineage/events.ndjson" }, hooks: [
  webhook({ name: "alerts", url: env("ALERT_URL") }),
  slack({ url: env("CHAT_URL") }),
  email({ smtp: env("SMTP_URL"), from: "Data <data@shop.example>", to: ["ada@shop.example"] }),
]`;
const rows = [
  `1,a@example.org,1,sales`,
  ...[2, 3, 4, 5].map((id) => `${id},${canary},${number},sales`),
  `6,z@example.org,999999999,sales`,
  `x,${canary},${number},sales`,
];

let alerts: HookServer;
let chat: HookServer;
let mail: MailServer;
let project: ProjectOnDisk;
let settings: { readonly env: Readonly<Record<string, string>> };
beforeAll(async () => {
  [alerts, chat, mail] = await Promise.all([hookServer(), hookServer(), mailServer({})]);
  settings = {
    env: { ALERT_URL: alerts.url, CHAT_URL: chat.url, SMTP_URL: `smtp://localhost:${mail.port}` },
  };
  project = await projectOnDisk({
    "sluice.config.ts": config(hooks).replace(
      "import { project }",
      "import { email, env, project, slack, webhook }",
    ),
    "sources/raw/people.ts": people,
    "models/shop/numbers.sql": "select id, cast(mail as integer) as number from raw.people",
    "models/shop/seen.sql": `/*---\nmaterialized: view\n---*/\nselect id, cast(mail as date) as day from raw.people`,
    "models/shop/days.ts": days,
    "models/shop/friends.sql": `/*---
checks:
  - row_predicate: { expression: "mail is null", severity: warn }
---*/
select id, mail from raw.people`,
    "landing/people.csv": `id,mail,salary,team\n${rows.join("\n")}\n`,
  });
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
  for (const server of [alerts, chat, mail]) await server[Symbol.asyncDispose]();
});

/** Whether a text has somebody's value in it; the number with its thousands marked, too. */
const tells = (text: string): boolean =>
  [canary, number, "733,157", canary.replace("@", "&#64;")].some((secret) => text.includes(secret));

const asked = async (...args: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await project.sluice(args, settings);
  return stdout + stderr;
};

function below(directory: string): string {
  const files = readdirSync(join(project.root, directory), { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile() && !file.name.endsWith(".parquet"))
    .map((file) => readFileSync(join(file.parentPath, file.name), "latin1"))
    .join("\n");
}

test("what checks found is told without it, in words and as a document", async () => {
  const first = await asked("run");
  expect(first).toContain("short teams");
  expect(first).toContain('{"id":2,"team":"sales"}');
  expect(first).toContain("without mail, salary: it may be personal data");
  expect(first).toContain("it is outside its limits; what it is may be personal data");
  expect(first).toContain("the query failed on a value (what exactly may be personal data, and is not told)");
  expect(first).toContain('row 1 has something else in "day" than a date as text');
  expect(first).toContain("the check itself failed; on what may be personal data");
  expect(tells(first)).toBe(false);
  const again = await asked("run", "--json");
  const ids = [...(await asked("incidents", "ls", "--json")).matchAll(/"id": (\d+)/g)].map(
    ([, id]) => id ?? "",
  );
  expect(ids.length).toBeGreaterThan(0);
  const [run] = JSON.parse(await asked("runs", "--json")).runs as readonly { readonly id: string }[];
  const looks: readonly (readonly string[])[] = [
    ...["raw.people", "shop.days", "shop.numbers", "shop.seen", "shop.friends"].map((name) => ["show", name]),
    ...ids.map((id) => ["incidents", "show", id]),
    ["incidents", "ls"],
    ["plan"],
    ["ls"],
    ["releases"],
    ["runs", run?.id ?? ""],
    ["monitors", "ls"],
    ["monitors", "show", "raw.people"],
    ["quarantine", "ls"],
    ["quarantine", "show", "raw.people"],
    ["suggest", "raw.people"],
    ["lineage", "raw.people"],
    ["hooks", "ls"],
  ];
  const told = await Promise.all(looks.flatMap((args) => [asked(...args), asked(...args, "--json")]));
  const leaks = looks.flatMap((args, at) =>
    tells(`${told[2 * at]}${told[2 * at + 1]}`) ? [args.join(" ")] : [],
  );
  expect(leaks).toEqual([]);
  // The smallest and the largest are somebody's, too, also in what is made of a column that is tagged.
  expect(told.filter((text) => /[az]@example\.org/.test(text))).toEqual([]);
  expect(tells(again)).toBe(false);
  expect(tells(await asked("plan", "--format", "markdown"))).toBe(false);
});

test("where nothing of a row may be shown, that is said", async () => {
  const incidents = await asked("incidents", "ls", "--json");
  const { incidents: list } = JSON.parse(incidents) as {
    readonly incidents: readonly {
      readonly id: number;
      readonly findings: readonly { readonly kind: string }[];
    }[];
  };
  const one = list.find(({ findings }) => findings.some(({ kind }) => kind === "sql"));
  expect(await asked("incidents", "show", String(one?.id))).toMatch(
    /sql.*, no rows: all they have \(cry\) may be personal data/,
  );
});

test("neither hooks, lineage nor the store have it; a query of the rows does", async () => {
  expect(alerts.received.length).toBeGreaterThan(0);
  expect(chat.received.length).toBeGreaterThan(0);
  expect(mail.received.length).toBeGreaterThan(0);
  const sent = [...alerts.received, ...chat.received].map(({ body }) => body);
  const mails = mail.received.map(({ text, headers }) => text + JSON.stringify([...headers]));
  expect(tells([...sent, ...mails].join("\n"))).toBe(false);
  const lineage = below("lineage");
  expect(lineage).toContain("short teams");
  expect(tells(lineage)).toBe(false);
  expect(tells(below(".sluice"))).toBe(false);
  // Who may ask for rows gets rows: of a dataset and of what its contract refused alike.
  expect(await asked("query", "from raw.people")).toContain(canary);
  expect(await asked("query", "from raw.people__quarantine")).toContain(canary);
});
