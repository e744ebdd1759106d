/** Who is told of incidents hears of each at least once, whatever servers do; and no run waits for them or fails by them. */
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hookServer, type HookServer, type Received } from "./hook-server.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config, csv, shop } from "./shop-project.ts";

const secret = "whsec_c2VjcmV0IG9mIHRoZSBuaWdodCBzaGlmdA==";
const hooks = `, hooks: [
  webhook({ name: "alerts", url: env("ALERT_URL"), secret: env("ALERT_SECRET") }),
  slack({ url: env("CHAT_URL"), environments: ["dev"], on: ["incident.opened", "incident.acknowledged"] }),
  webhook({ name: "night-shift", url: env("NOWHERE_SET"), environments: ["prod"] }),
]`;
const withHooks = (more = hooks): string =>
  config(more).replace("import { project }", "import { env, project, slack, webhook }");

const poisoned = csv(...Array.from({ length: 9 }, (_, n) => `x${n},2026-03-04,tea,1.00`));
const good = csv("20,2026-03-04,tea,1.00");

let alerts: HookServer;
let chat: HookServer;
let project: ProjectOnDisk;
let settings: { readonly env: Readonly<Record<string, string>> };

beforeAll(async () => {
  [alerts, chat] = await Promise.all([hookServer(), hookServer()]);
  settings = {
    env: {
      ALERT_URL: `${alerts.url}?key=hidden-key`,
      CHAT_URL: `${chat.url}/T0/secret-path`,
      ALERT_SECRET: secret,
    },
  };
  project = await projectOnDisk({ ...shop, "sluice.config.ts": withHooks() });
  expect(await run()).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await alerts[Symbol.asyncDispose]();
  await chat[Symbol.asyncDispose]();
});
beforeEach(() => {
  alerts.answer(200);
  chat.answer(200);
});

const run = (...flags: readonly string[]) => project.sluice(["run", ...flags], settings);

/** Let an incident open, or be resolved. */
async function deliver(
  what: string,
): Promise<{ readonly stdout: string; readonly code: number | undefined }> {
  await project.write({ "landing/orders/wednesday.csv": what });
  return run();
}

interface Cloud {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: {
    readonly message: string;
    readonly state: { readonly id: number; readonly owner: string };
  };
}

const cloud = ({ body }: Received): Cloud => JSON.parse(body) as Cloud;
const since = (server: HookServer, count: number): readonly Received[] => server.received.slice(count);

interface Waiting {
  readonly hooks: readonly {
    readonly name: string;
    readonly waiting: number;
    readonly problem: string | null;
  }[];
}
async function waiting(name: string): Promise<Waiting["hooks"][number] | undefined> {
  const { stdout } = await project.sluice(["hooks", "ls", "--json"], settings);
  return (JSON.parse(stdout) as Waiting).hooks.find((hook) => hook.name === name);
}

describe("an incident", () => {
  test("is told as a signed CloudEvent, and to the chat in words", async () => {
    const ran = await deliver(poisoned);
    expect(ran.code).toBe(1);
    expect(ran.stdout).not.toContain("hook");
    const [letter, ...others] = alerts.received;
    expect(others).toEqual([]);
    expect(letter?.headers["content-type"]).toBe("application/cloudevents+json; charset=utf-8");
    expect(JSON.parse(letter?.body ?? "")).toMatchObject({
      specversion: "1.0",
      source: "urn:sluice:shop:dev",
      type: "sluice.incident.opened",
      subject: "incident/1",
      datacontenttype: "application/json",
      data: {
        message: "raw.orders stopped: 9 of 9 records refused (100 %), the limit is 25 %",
        environment: "dev",
        dataset: "raw.orders",
        state: { id: 1, owner: "till-team", consumers: [{ name: "board" }] },
      },
    });
    const id = String(letter?.headers["webhook-id"]);
    const time = String(letter?.headers["webhook-timestamp"]);
    expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(300);
    expect(id).toBe(cloud(letter as Received).id);
    const signature = createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"))
      .update(`${id}.${time}.${letter?.body}`)
      .digest("base64");
    expect(letter?.headers["webhook-signature"]).toBe(`v1,${signature}`);
    expect(chat.received.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      [
        "/in/T0/secret-path",
        {
          text: "*Incident 1* in dev: raw.orders stopped: 9 of 9 records refused (100 %), the limit is 25 %\nowner till-team; touches board",
        },
      ],
    ]);
  });

  test("that is found again is not told again; each hook hears of what it asked for", async () => {
    const before = alerts.received.length;
    await run();
    expect(since(alerts, before)).toEqual([]);
    await project.sluice(["incidents", "ack", "1", "--why", "<!channel> & co"], settings);
    expect(since(alerts, before)).toEqual([]);
    expect(chat.received.at(-1)?.body).toContain("&lt;!channel&gt; &amp; co");
    await deliver(good);
    expect(since(alerts, before).map(cloud)).toMatchObject([{ type: "sluice.incident.resolved" }]);
    expect(chat.received).toHaveLength(2);
  });

  test("no secret is kept, printed or compiled", async () => {
    const files = readdirSync(join(project.root, ".sluice"), { recursive: true, encoding: "utf8" })
      .map((name) => join(project.root, ".sluice", name))
      .filter((path) => statSync(path).isFile());
    expect(files.length).toBeGreaterThan(3);
    const secrets = [secret, secret.slice(6), "hidden-key", "secret-path"];
    for (const path of files)
      for (const word of secrets) expect(readFileSync(path).includes(word), `${word} in ${path}`).toBe(false);
    const { stdout } = await project.sluice(["plan", "--json"], settings);
    for (const word of secrets) expect(stdout).not.toContain(word);
  });
});

describe("a server that", () => {
  const bad: readonly (readonly [string, () => void, string])[] = [
    ["answers 500", () => alerts.answer(500), "it answered 500"],
    ["never answers", () => alerts.answer("never"), "it did not answer within 3 s"],
    [
      "redirects",
      () => alerts.answer({ redirect: `${chat.url}/elsewhere` }),
      "a redirect, which is not followed",
    ],
  ];

  test.for(bad)(
    "%s costs the run a warning; the message waits, and arrives with its id",
    async ([, break_, why]) => {
      const [before, chats] = [alerts.received.length, chat.received.length];
      break_();
      const ran = await deliver(poisoned);
      expect(ran.code).toBe(1);
      expect(ran.stdout).toContain(
        `warning: hook "alerts" was not told: ${why.startsWith("it ") ? why : ""}`,
      );
      expect(ran.stdout).toContain(why);
      expect(ran.stdout).not.toContain("hidden-key");
      expect(await waiting("alerts")).toMatchObject({
        waiting: 1,
        problem: expect.stringContaining(why) as string,
      });
      // The other hook had nothing to do with it, and nobody was led astray.
      expect(since(chat, chats).map(({ path }) => path)).toEqual(["/in/T0/secret-path"]);
      // Not at once again: the next command has its own work to do.
      const tried = alerts.received.length;
      await run();
      expect(alerts.received.length).toBe(tried);

      alerts.answer(200);
      const { code, stdout } = await project.sluice(["hooks", "retry"], settings);
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'hook "alerts" was told 1 time\n' });
      const ids = since(alerts, before).map((letter) => cloud(letter).id);
      expect(ids).toHaveLength(2);
      expect(ids[0]).toBe(ids[1]);
      expect(await waiting("alerts")).toMatchObject({ waiting: 0, problem: null });
      await deliver(good);
    },
  );

  test("is not there, or has no address, is told; retrying says so with its exit code", async () => {
    const nowhere = { env: { ...settings.env, ALERT_URL: "http://127.0.0.1:1/in", CHAT_URL: "" } };
    await project.write({ "landing/orders/wednesday.csv": poisoned });
    const ran = await project.sluice(["run"], nowhere);
    expect(ran.stdout).toContain('hook "alerts" was not told: it could not be reached');
    expect(ran.stdout).toContain('hook "slack" was not told: the environment variable "CHAT_URL" is not set');
    const retried = await project.sluice(["hooks", "retry", "alerts", "--json"], nowhere);
    expect(retried.code).toBe(1);
    expect(await waiting("slack")).toMatchObject({ waiting: 1 });
    const [before, chats] = [alerts.received.length, chat.received.length];
    expect((await project.sluice(["hooks", "retry"], settings)).code).toBe(0);
    expect([since(alerts, before).length, since(chat, chats).length]).toEqual([1, 1]);
    await deliver(good);
  });
});

test("killed while it tells, a command tells again: at least once, under the same id", async () => {
  const before = alerts.received.length;
  alerts.answer("never");
  await project.write({ "landing/orders/wednesday.csv": poisoned });
  const { child, ended } = project.start(["run"], settings);
  alerts.onRequest = () => child.kill("SIGKILL");
  expect(await ended).toMatchObject({ signal: "SIGKILL" });
  alerts.onRequest = undefined;
  alerts.answer(200);
  expect((await project.sluice(["hooks", "retry"], settings)).code).toBe(0);
  const told = since(alerts, before).map(cloud);
  expect(told.map(({ type }) => type)).toEqual(["sluice.incident.opened", "sluice.incident.opened"]);
  expect(told[0]?.id).toBe(told[1]?.id);
  await deliver(good);
});

test("many messages that wait arrive in the order in which things happened", async () => {
  const before = alerts.received.length;
  alerts.answer(503);
  await deliver(poisoned);
  await deliver(good);
  await deliver(poisoned);
  await deliver(good);
  alerts.answer(200);
  const tries = alerts.received.length;
  expect((await project.sluice(["hooks", "retry"], settings)).stdout).toBe(
    'hook "alerts" was told 4 times\n',
  );
  expect(since(alerts, tries).map((letter) => cloud(letter).type)).toEqual([
    "sluice.incident.opened",
    "sluice.incident.resolved",
    "sluice.incident.opened",
    "sluice.incident.resolved",
  ]);
  // While it was away, each run asked it once, and not once for each message that waits.
  expect(tries - before).toBe(4);
});

test("a hook that is new hears of nothing that was before it", async () => {
  const fresh = hooks.replace('name: "alerts"', 'name: "morning-shift"');
  await project.write({ "sluice.config.ts": withHooks(fresh) });
  const before = alerts.received.length;
  await run();
  expect(since(alerts, before)).toEqual([]);
  await deliver(poisoned);
  expect(since(alerts, before).map(cloud)).toMatchObject([{ type: "sluice.incident.opened" }]);
  const { code, stderr } = await project.sluice(["hooks", "retry", "mornign-shift"], settings);
  expect(code).toBe(64);
  expect(stderr).toContain("morning-shift");
});

test("what a hook was not told is forgotten where it is dropped, also when the hook has left", async () => {
  await project.write({ "sluice.config.ts": withHooks() });
  await deliver(good);
  const before = alerts.received.length;
  alerts.answer(503);
  await deliver(poisoned);
  expect(await waiting("alerts")).toMatchObject({ waiting: 1 });
  await project.write({ "sluice.config.ts": withHooks("") });
  const misspelt = await project.sluice(["hooks", "drop", "alert"], settings);
  expect(misspelt.code).toBe(64);
  expect(misspelt.stderr).toContain('did you mean "alerts"?');
  const dropped = await project.sluice(["hooks", "drop", "alerts", "--json"], settings);
  expect(JSON.parse(dropped.stdout)).toEqual({ hook: "alerts", dropped: 1 });
  expect(await waiting("alerts")).toBeUndefined();

  alerts.answer(200);
  await project.write({ "sluice.config.ts": withHooks() });
  const tried = alerts.received.length;
  expect(tried - before).toBe(1);
  await deliver(good);
  expect(since(alerts, tried).map(cloud)).toMatchObject([{ type: "sluice.incident.resolved" }]);
  expect((await project.sluice(["hooks", "drop", "alerts"], settings)).stdout).toBe(
    'Nothing waited for hook "alerts".\n',
  );
});

test.for([
  [`, hooks: [webhook({ url: "https://user:word@alerts.example" })]`, "without a password"],
  [`, hooks: [slack({ url: "https://chat.example/T0/x" as never })]`, 'env("NAME")'],
  [`, hooks: [webhook({ url: "https://a.example", on: ["incident.gone" as never] })]`, "incident.opened"],
  [
    `, hooks: [webhook({ url: "https://a.example" }), webhook({ url: "https://b.example" })]`,
    'two hooks are called "webhook"',
  ],
  [`, hooks: [{ kind: "pager" } as never]`, "webhook("],
] as const)("settings that cannot work are told: %s", async ([more, expected]) => {
  await using wrong = await projectOnDisk({ ...shop, "sluice.config.ts": withHooks(more) });
  const { code, stdout, stderr } = await wrong.sluice(["check"]);
  expect(code).toBe(1);
  expect(stdout + stderr).toContain(expected);
});
