/**
 * Where events go that are meant for other programs: a file or an HTTP endpoint. A sink never delays, fails or
 * decides anything: what cannot be delivered is counted and told, and the work goes on.
 */

/** What became of the events of one run. */
export interface Delivery {
  readonly delivered: number;
  readonly lost: number;
  /** Where to, without anything secret. */
  readonly to: string;
  /** Why the first was lost, in words; absent where none was. */
  readonly problem?: string;
}

export interface Sink {
  /** Take a document to deliver in the background, after those before it. Never throws. */
  send(document: unknown): void;
  /** Wait for what is on its way, at most as long as the sink was told; then the rest is lost. Never rejects. */
  close(): Promise<Delivery>;
}

/** One document on its way to one endpoint. */
export interface Letter {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds that it may take. */
  readonly timeout: number;
}

/** One e-mail on its way through one mail server. */
export interface Mail {
  /** `smtp:` or `smtps:`, with the login where it has one. */
  readonly server: URL;
  /** A mailbox: `alerts@example.com` or `Sluice <alerts@example.com>`. */
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Message-ID of this mail, and of the thread that it belongs to. */
  readonly id: string;
  readonly thread: string;
  readonly date: Date;
  /** Milliseconds that it may take. */
  readonly timeout: number;
}

/**
 * What became of a letter. `again` says whether it is worth another attempt, `lacking` whom it did not reach although
 * others have it.
 */
export type Receipt =
  | { readonly delivered: true; readonly lacking?: string }
  | { readonly delivered: false; readonly again: boolean; readonly why: string };

/** Brings letters. Never rejects; `stop` gives up what is on its way. */
export type Courier = (letter: Letter, stop?: AbortSignal) => Promise<Receipt>;

/** Hands e-mails to mail servers. Never rejects. */
export type Mailer = (mail: Mail) => Promise<Receipt>;
