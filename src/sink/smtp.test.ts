import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type MailServer, mailServer, type Mood } from "../testing/mail-server.ts";
import type { Mail } from "./sink.ts";
import { sendMail } from "./smtp.ts";

let server: MailServer | undefined;
let rough: Server | undefined;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  rough?.close();
  await server?.[Symbol.asyncDispose]();
  server = rough = undefined;
});

const mail = (url: string, more: Partial<Mail> = {}): Mail => ({
  server: new URL(url),
  from: "Sluice <alerts@shop.example>",
  to: ["ada@shop.example", "bob@shop.example"],
  subject: "[shop/prod] stop: raw.orders, incident 12 opened",
  text: "raw.orders stopped\n",
  id: "<evt_1@shop.example>",
  thread: "<inc_1@shop.example>",
  date: new Date("2026-03-04T08:15:02Z"),
  // Only a test of silence has a limit that a slow machine could reach.
  timeout: 60_000,
  ...more,
});

/** A server that says what it likes. */
async function says(talk: (socket: Socket) => void): Promise<string> {
  rough = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    talk(socket);
  });
  rough.listen(0, "127.0.0.1");
  await once(rough, "listening");
  return `smtp://127.0.0.1:${(rough.address() as AddressInfo).port}`;
}

async function send(mood: Mood, more: Partial<Mail> = {}) {
  server = await mailServer();
  server.behave(mood);
  return sendMail(mail(`smtp://127.0.0.1:${server.port}`, more));
}

test("a mail arrives as it was written", async () => {
  expect(await send({})).toEqual({ delivered: true });
  expect(server?.received).toMatchObject([
    {
      from: "alerts@shop.example",
      to: ["ada@shop.example", "bob@shop.example"],
      text: "raw.orders stopped\n",
      encrypted: false,
    },
  ]);
  const { headers } = server?.received[0] ?? {};
  expect(Object.fromEntries(headers ?? [])).toMatchObject({
    from: ["Sluice <alerts@shop.example>"],
    to: ["ada@shop.example, bob@shop.example"],
    subject: ["[shop/prod] stop: raw.orders, incident 12 opened"],
    "message-id": ["<evt_1@shop.example>"],
    references: ["<inc_1@shop.example>"],
    date: ["Wed, 04 Mar 2026 08:15:02 +0000"],
    "auto-submitted": ["auto-generated"],
    "content-type": ["text/plain; charset=utf-8"],
  });
});

const all = (code: number): Mood => ({ recipients: { "ada@shop.example": code, "bob@shop.example": code } });
test.for<readonly [string, Mood, string, boolean]>([
  ["says nothing at all", { silent: "greeting" }, "it did not answer within 0.6 s", true],
  ["falls silent over a recipient", { silent: "recipient" }, "it did not answer within 0.6 s", true],
  ["falls silent over the text", { silent: "data" }, "it did not answer within 0.6 s", true],
  ["has no time", { greeting: 421 }, "it answered 421", true],
  ["has no time for strangers", { greeting: 554 }, "it answered 554", true],
  ["does not take the sender", { sender: 553 }, "it refused the sender (553)", true],
  ["asks for a login", { sender: 530 }, "it asks for a login or for encryption (530)", true],
  ["takes nobody now", all(451), "it refused all recipients (451)", true],
  ["takes nobody", all(550), "it refused all recipients (550)", true],
  ["has no room", { data: 452 }, "it refused the message (452)", true],
  ["does not like the text", { data: 554 }, "it refused the message (554)", false],
])("a server that %s", async ([, mood, why, again]) => {
  const limit = "silent" in mood ? { timeout: 600 } : {};
  expect(await send(mood, limit)).toEqual({ delivered: false, again, why });
});

test("whom it refuses is named, when others have it", async () => {
  const receipt = await send({ recipients: { "bob@shop.example": 550 } });
  expect(receipt).toEqual({ delivered: true, lacking: "the mail server refused bob@shop.example (550)" });
  expect(server?.received).toMatchObject([{ to: ["ada@shop.example"] }]);
});

test("a server that never comes to an end, though never silent either", async () => {
  const url = await says((socket) => {
    const drip = setInterval(() => socket.write("220-wait\r\n"), 50);
    socket.on("close", () => clearInterval(drip));
  });
  expect(await sendMail(mail(url, { timeout: 600 }))).toMatchObject({
    delivered: false,
    why: "it did not answer within 0.6 s",
  });
});

test.for([
  ["speaks something else", "HTTP/1.1 400 Bad Request\r\n\r\n"],
  ["floods", `220 ${"x".repeat(3 << 20)}`],
])("a server that %s", async ([, what]) => {
  const receipt = await sendMail(mail(await says((socket) => socket.write(what ?? ""))));
  expect(receipt).toMatchObject({ delivered: false, again: true });
});

test("a server that hangs up, and nobody there", async () => {
  const url = await says((socket) => socket.destroy());
  expect(await sendMail(mail(url))).toMatchObject({
    delivered: false,
    again: true,
    why: expect.stringContaining("it could not be reached") as string,
  });
  await new Promise((resolve) => rough?.close(resolve));
  const gone = { delivered: false, again: true, why: "it could not be reached (ECONNREFUSED)" };
  expect(await sendMail(mail(url))).toEqual(gone);
});

test("a password is not sent where anybody can read it", async () => {
  server = await mailServer({ login: { user: "sluice", password: "hunter2" } });
  const receipt = await sendMail(mail(`smtp://sluice:hunter2@127.0.0.1:${server.port}`));
  const why = "it offers no encryption, and a password is not sent without";
  expect(receipt).toEqual({ delivered: false, again: true, why });
  expect(server.passwords).toEqual([]);
  expect(server.received).toEqual([]);
});

test.for([
  ["smtp://u:100%@127.0.0.1:1", /its login is not written/],
  ["smtp://127.0.0.1:1/?tls.rejectUnauthorized=false", /its address has more/],
] as const)("an address that cannot be meant: %s", async ([url, why]) => {
  expect(await sendMail(mail(url))).toMatchObject({
    delivered: false,
    why: expect.stringMatching(why) as string,
  });
});
