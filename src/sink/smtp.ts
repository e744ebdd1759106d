import { createTransport, type NodemailerError } from "nodemailer";
import type { Mail, Receipt } from "./sink.ts";

/**
 * Hand one e-mail to a mail server. What it says is encrypted where the server can do that, and a password is never sent
 * otherwise; certificates are verified. Never rejects, and never repeats what a server says: that may be what it was told.
 */
export async function sendMail(mail: Mail): Promise<Receipt> {
  const { server, from, to, subject, text, id, thread, date, timeout } = mail;
  const limit = AbortSignal.timeout(timeout);
  const auth = loginOf(server);
  if (auth === "unreadable") {
    return { delivered: false, again: true, why: 'its login is not written as in an address ("%" as "%25")' };
  }
  if (!isBare(server)) {
    return { delivered: false, again: true, why: "its address has more than a login, a host and a port" };
  }
  try {
    const transport = createTransport({
      host: server.hostname.replace(/^\[(.*)\]$/, "$1"),
      secure: server.protocol === "smtps:",
      ...(server.port === "" ? {} : { port: Number(server.port) }),
      ...(auth === undefined ? {} : { auth, requireTLS: true }),
      // Whoever is told does not wait for the server to hang up.
      socketCloseTimeout: 0,
    });
    const { rejectedErrors } = await transport.sendMail({
      from,
      to: [...to],
      subject,
      text,
      date,
      messageId: id,
      references: thread,
      // Nobody's answering machine answers.
      headers: { "Auto-Submitted": "auto-generated" },
      disableFileAccess: true,
      disableUrlAccess: true,
      signal: limit,
    });
    const refused = rejectedErrors?.map(
      ({ recipient, responseCode }) => `${recipient ?? "somebody"} (${responseCode ?? "no code"})`,
    );
    if (refused === undefined || refused.length === 0) return { delivered: true };
    return { delivered: true, lacking: `the mail server refused ${refused.join(", ")}` };
  } catch (error) {
    if (limit.aborted)
      return { delivered: false, again: true, why: `it did not answer within ${timeout / 1000} s` };
    const { command, permanent } = error as NodemailerError;
    // Sender, recipients and login are those of the next message too; only what a message says is its own.
    return {
      delivered: false,
      again: !(command === "DATA" && permanent === true),
      why: reasonOf(error, auth),
    };
  }
}

interface Login {
  readonly user: string;
  readonly pass: string;
}

function loginOf({ username, password }: URL): Login | undefined | "unreadable" {
  if (username === "" && password === "") return undefined;
  try {
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  } catch {
    return "unreadable";
  }
}

/** What is beside login, host and port means something to other programs; here nobody would heed it. */
const isBare = ({ pathname, search, hash }: URL): boolean =>
  (pathname === "" || pathname === "/") && search === "" && hash === "";

/** Why a mail was not taken, in words without anything that the server said. */
function reasonOf(error: unknown, login: Login | undefined): string {
  const { code, command, responseCode, originalCode } = error as NodemailerError & {
    readonly originalCode?: unknown;
  };
  const answer = responseCode === undefined ? "" : ` (${responseCode})`;
  if (code === "EAUTH") return `it did not take the login${answer}`;
  if (command === "STARTTLS" && login !== undefined)
    return "it offers no encryption, and a password is not sent without";
  if (responseCode === 530) return "it asks for a login or for encryption (530)";
  if (responseCode !== undefined && responseCode >= 400) {
    const asked = { "MAIL FROM": "the sender", "RCPT TO": "all recipients", DATA: "the message" }[
      command ?? ""
    ];
    return asked === undefined ? `it answered ${responseCode}` : `it refused ${asked} (${responseCode})`;
  }
  const known = [originalCode, code].find(
    (name) => typeof name === "string" && /^[A-Z][A-Z0-9_]+$/.test(name),
  );
  if (known === undefined) return "it could not be reached";
  const isUntrusted = /CERT|ALTNAME|ISSUER/.test(String(known));
  return `${isUntrusted ? "its certificate was not accepted" : "it could not be reached"} (${String(known)})`;
}
