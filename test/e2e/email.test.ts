/** Incidents are told by e-mail as they are told by other hooks; passwords stay where they are. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type MailServer, mailServer } from "../../src/testing/mail-server.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config, csv, shop } from "./shop-project.ts";

const password = "hunter2/&%";
const login = { user: "sluice@shop.example", password };
const encoded = `${encodeURIComponent(login.user)}:${encodeURIComponent(password)}`;
const withHooks = (hooks: string): string =>
  config(`, hooks: [${hooks}]`).replace("import { project }", "import { email, env, project }");
const hooks = `
  email({ smtp: env("SMTP_URL"), from: "Till <alerts@shop.example>", to: ["ada@shop.example", "bob@shop.example"] }),
`;

const poisoned = csv(...Array.from({ length: 9 }, (_, n) => `x${n},2026-03-04,tea,1.00`));
const good = csv("20,2026-03-04,tea,1.00");

let certificate: { readonly key: string; readonly cert: string; readonly path: string };
let directory: string;
let server: MailServer;
let project: ProjectOnDisk;
let settings: { readonly env: Readonly<Record<string, string>> };

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-mail-"));
  certificate = makeCertificate(directory);
  server = await mailServer({ tls: certificate, login });
  settings = {
    env: { SMTP_URL: `smtp://${encoded}@localhost:${server.port}`, NODE_EXTRA_CA_CERTS: certificate.path },
  };
  project = await projectOnDisk({ ...shop, "sluice.config.ts": withHooks(hooks) });
  expect(await run()).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => server.behave({}));

/** A certificate for this machine, made by openssl; whoever is told of it trusts it. */
function makeCertificate(place: string): typeof certificate {
  const [key, path] = [join(place, "key.pem"), join(place, "cert.pem")];
  const [names, kind] = ["subjectAltName=DNS:localhost,IP:127.0.0.1", "ec_paramgen_curve:prime256v1"];
  const files = ["-keyout", key, "-out", path, "-days", "2", "-subj", "/CN=localhost", "-addext", names];
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", kind, "-nodes", ...files], {
    stdio: "pipe",
  });
  return { key: readFileSync(key, "utf8"), cert: readFileSync(path, "utf8"), path };
}

const run = (env: Readonly<Record<string, string>> = {}) =>
  project.sluice(["run"], { env: { ...settings.env, ...env } });

async function deliver(what: string, env: Readonly<Record<string, string>> = {}) {
  await project.write({ "landing/orders/wednesday.csv": what });
  return run(env);
}

const header = (at: number, name: string): string | undefined =>
  server.received.at(at)?.headers.get(name)?.[0];

describe("an incident", () => {
  test("is told in words that a person understands, with login and encryption", async () => {
    const ran = await deliver(poisoned);
    expect(ran.code).toBe(1);
    expect(ran.stdout).not.toContain("hook");
    expect(server.received).toMatchObject([
      {
        from: "alerts@shop.example",
        to: ["ada@shop.example", "bob@shop.example"],
        encrypted: true,
        user: login.user,
      },
    ]);
    expect(header(0, "subject")).toBe("[shop/dev] stop: raw.orders, incident 1 opened");
    expect(header(0, "from")).toBe("Till <alerts@shop.example>");
    expect(header(0, "message-id")).toMatch(/^<evt_[0-9a-f]{24}@shop\.example>$/);
    const text = server.received[0]?.text.replace(/^(When|Run): .*$/gm, "$1: …");
    expect(text).toBe(`raw.orders stopped: 9 of 9 records refused (100 %), the limit is 25 %

Incident:    1, opened
Severity:    stop
Dataset:     raw.orders
Environment: dev
Project:     shop
When: …
Run: …
Owner:       till-team
Held back:   raw.orders, shop.revenue
Consumers:   board (dashboard, board-of-directors)

What stands now:
- stop  raw.orders  quarantine: 9 of 9 records refused (100 %), the limit is 25 %

More of it: sluice incidents show 1
`);
  });

  test("that is over is told in the same thread", async () => {
    await deliver(good);
    expect(server.received).toHaveLength(2);
    expect(header(1, "subject")).toBe("[shop/dev] stop: raw.orders, incident 1 resolved");
    expect(header(1, "references")).toBe(header(0, "references"));
    expect(header(1, "message-id")).not.toBe(header(0, "message-id"));
    expect(server.received[1]?.text).not.toContain("What stands now");
  });
});

test.for([
  ["never greets", { silent: "greeting" }, "it did not answer within 3 s"],
  ["falls silent when it has the mail", { silent: "data" }, "it did not answer within 3 s"],
  ["takes no recipient now", { recipients: { "ada@shop.example": 451, "bob@shop.example": 451 } }, "(451)"],
] as const)(
  "a server that %s costs the run a warning; the mail arrives later, under its id",
  async ([, mood, why]) => {
    const before = server.received.length;
    server.behave(mood);
    const ran = await deliver(poisoned);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('warning: hook "email" was not told: ');
    expect(ran.stdout).toContain(why);
    server.behave({});
    const { code, stdout } = await project.sluice(["hooks", "retry"], settings);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hook "email" was told 1 time\n' });
    const ids = server.received.slice(before).map(({ headers }) => headers.get("message-id")?.[0]);
    expect(ids).toHaveLength("silent" in mood && mood.silent === "data" ? 2 : 1);
    expect(new Set(ids).size).toBe(1);
    await deliver(good);
  },
);

test("killed while it sends, a command sends again, under the same id", async () => {
  const before = server.received.length;
  server.behave({ silent: "data" });
  await project.write({ "landing/orders/wednesday.csv": poisoned });
  const { child, ended } = project.start(["run"], settings);
  while (server.received.length === before && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGKILL");
  expect(await ended).toMatchObject({ signal: "SIGKILL" });
  server.behave({});
  expect((await project.sluice(["hooks", "retry"], settings)).code).toBe(0);
  const ids = server.received.slice(before).map(({ headers }) => headers.get("message-id")?.[0]);
  expect(ids).toHaveLength(2);
  expect(ids[0]).toBe(ids[1]);
  await deliver(good);
});

test("one recipient who is refused is told of, and does not keep it from the other", async () => {
  const before = server.received.length;
  server.behave({ recipients: { "bob@shop.example": 550 } });
  const { stdout } = await deliver(poisoned);
  expect(stdout).toContain(
    'warning: hook "email" was told, but the mail server refused bob@shop.example (550)',
  );
  expect(server.received.slice(before)).toMatchObject([{ to: ["ada@shop.example"] }]);
  server.behave({});
  expect((await project.sluice(["hooks", "retry"], settings)).stdout).toBe("Nothing waits to be sent.\n");
  await deliver(good);
});

describe("an address", () => {
  test("of a server that is encrypted from the first byte", async () => {
    await using other = await mailServer({ tls: certificate, login, smtps: true });
    await deliver(poisoned, { SMTP_URL: `smtps://${encoded}@localhost:${other.port}` });
    await deliver(good, { SMTP_URL: `smtps://${encoded}@localhost:${other.port}` });
    expect(other.received).toMatchObject([{ encrypted: true }, { encrypted: true }]);
    expect(other.passwords).toEqual([password, password]);
  });

  test.for([
    ["is not set", () => ({ SMTP_URL: "" }), 'the environment variable "SMTP_URL" is not set'],
    [
      "is of something else",
      () => ({ SMTP_URL: `https://${encoded}@mail.example` }),
      'what is in "SMTP_URL" is not',
    ],
    [
      "has a wrong password",
      () => ({ SMTP_URL: `smtp://${login.user.replace("@", "%40")}:wr0ng-w0rd@localhost:${server.port}` }),
      "it did not take the login (535)",
    ],
    [
      "has a certificate that nobody trusts",
      () => ({ NODE_EXTRA_CA_CERTS: "" }),
      "its certificate was not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)",
    ],
  ] as const)("that %s is told, without a secret, and nothing is sent", async ([, env, why]) => {
    const [before, passwords] = [server.received.length, server.passwords.length];
    const ran = await deliver(poisoned, env());
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('warning: hook "email" was not told: ');
    expect(ran.stdout).toContain(why);
    expect(ran.stdout + ran.stderr).not.toMatch(/hunter2|wr0ng-w0rd/);
    expect(server.received).toHaveLength(before);
    if (!("SMTP_URL" in env())) expect(server.passwords).toHaveLength(passwords);
    await project.sluice(["hooks", "retry"], settings);
    await deliver(good);
  });

  test("is kept nowhere", async () => {
    const files = readdirSync(join(project.root, ".sluice"), { recursive: true, encoding: "utf8" })
      .map((name) => join(project.root, ".sluice", name))
      .filter((path) => statSync(path).isFile());
    expect(files.length).toBeGreaterThan(3);
    for (const path of files)
      for (const word of ["hunter2", "wr0ng-w0rd", `localhost:${server.port}`])
        expect(readFileSync(path).includes(word), `${word} in ${path}`).toBe(false);
    const listed = await project.sluice(["hooks", "ls"], settings);
    expect(listed.stdout).toMatch(/^email +email/m);
    for (const verb of ["plan", "hooks ls"]) {
      const { stdout } = await project.sluice([...verb.split(" "), "--json"], settings);
      expect(stdout).not.toContain("hunter2");
    }
  });
});

test.for([
  [
    'email({ smtp: "smtp://u:hunter2@mail.example" as never, from: "a@x.example", to: "b@x.example" })',
    'env("NAME")',
  ],
  [
    String.raw`email({ smtp: env("S"), from: "a@x.example\nBcc: c@x.example", to: "b@x.example" })`,
    "an address, such as",
  ],
  ['email({ smtp: env("S"), from: "a@x.example", to: "b@x.example, c@x.example" })', "an address, such as"],
  ['email({ smtp: env("S"), from: "a@x.example", to: [] })', "at least one address"],
] as const)("settings that cannot work are told: %s", async ([hook, expected]) => {
  await using wrong = await projectOnDisk({ ...shop, "sluice.config.ts": withHooks(hook) });
  const { code, stdout, stderr } = await wrong.sluice(["check"]);
  expect(code).toBe(1);
  expect(stdout + stderr).toContain(expected);
});
