import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A mail that a server was handed. */
export interface ReceivedMail {
  readonly from: string;
  /** Whom it goes to: the envelope, not what its headers say. */
  readonly to: readonly string[];
  /** Headers by their names in small letters, unfolded and otherwise as they came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly text: string;
  readonly encrypted: boolean;
  readonly user: string | undefined;
}

/** What a mail server does wrong: what it says no to, with which code, and where it falls silent. */
export interface Mood {
  readonly silent?: "greeting" | "recipient" | "data";
  readonly greeting?: number;
  readonly sender?: number;
  readonly recipients?: Readonly<Record<string, number>>;
  readonly data?: number;
}

/** A mail server that people's alerts go to. */
export interface MailServer extends AsyncDisposable {
  readonly port: number;
  /** What arrived, whether or not it was taken, in its order. */
  readonly received: readonly ReceivedMail[];
  /** Passwords that somebody sent. */
  readonly passwords: readonly string[];
  /** Be well again, but for what is said here. */
  behave(mood: Mood): void;
}

export interface MailServerOptions {
  /** A certificate and its key in PEM; without, nothing is encrypted. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Encrypted from the first byte. */
  readonly smtps?: boolean;
  /** Who may send; without, everybody. */
  readonly login?: { readonly user: string; readonly password: string };
}

/** Start one on a free port of this machine; it is well until it is told otherwise. */
export async function mailServer({ tls, smtps = false, login }: MailServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const passwords: string[] = [];
  let mood: Mood = {};
  const answer = (code: number | undefined, silent: boolean, done: (error?: Error | null) => void): void => {
    if (silent) return;
    done(code === undefined ? null : Object.assign(new Error("no"), { responseCode: code }));
  };
  const handlers: SMTPServerOptions = {
    onConnect: (_, done) => answer(mood.greeting, mood.silent === "greeting", done),
    onAuth: ({ username, password }, _, done) => {
      if (typeof password === "string") passwords.push(password);
      if (username === login?.user && password === login?.password) done(null, { user: username ?? "" });
      // Some servers repeat what they were told.
      else done(Object.assign(new Error(`no ${username}:${password}`), { responseCode: 535 }));
    },
    onMailFrom: (_, __, done) => answer(mood.sender, false, done),
    onRcptTo: ({ address }, _, done) => answer(mood.recipients?.[address], mood.silent === "recipient", done),
    onData: (stream, { envelope, secure, user }, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        const who = typeof user === "string" ? user : undefined;
        received.push({ from, to, encrypted: secure, user: who, ...parse(Buffer.concat(chunks).toString()) });
        answer(mood.data, mood.silent === "data", done);
      });
    },
  };
  const server = new SMTPServer({
    ...handlers,
    secure: smtps,
    ...tls,
    authOptional: login === undefined,
    // Who has no encryption takes passwords as they are; whether they come is up to the other side.
    allowInsecureAuth: tls === undefined,
    disabledCommands: [...(tls === undefined ? ["STARTTLS"] : []), ...(login === undefined ? ["AUTH"] : [])],
    disableReverseLookup: true,
    closeTimeout: 10,
  });
  // Who hangs up early is the business of the test.
  server.on("error", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    passwords,
    behave: (how) => {
      mood = how;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

function parse(raw: string): Pick<ReceivedMail, "headers" | "text"> {
  const [head = "", ...rest] = raw.split("\r\n\r\n");
  const headers = new Map<string, string[]>();
  for (const line of head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const [, name = "", value = ""] = /^([^:]+):\s*(.*)$/s.exec(line) ?? [];
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  const body = rest.join("\r\n\r\n");
  const encoding = headers.get("content-transfer-encoding")?.[0];
  const plain = encoding === "base64" ? Buffer.from(body, "base64").toString() : body;
  const text = encoding === "quoted-printable" ? unquoted(body) : plain;
  return { headers, text: text.replaceAll("\r\n", "\n") };
}

/** Quoted-printable as what it stands for. */
const unquoted = (text: string): string =>
  Buffer.from(
    text
      .replaceAll("=\r\n", "")
      .replaceAll(/=([0-9A-F]{2})/g, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16))),
    "latin1",
  ).toString();
