/** A value that is read from an environment variable when it is needed, and kept nowhere. */
export interface FromEnvironment {
  readonly kind: "env";
  readonly name: string;
}

/** What a hook can be told of. */
export type HookEvent =
  | "incident.opened"
  | "incident.seen"
  | "incident.worsened"
  | "incident.changed"
  | "incident.acknowledged"
  | "incident.assigned"
  | "incident.resolved";

/** Options that every hook takes. */
export interface HookOptions {
  /** What it is called in messages; by default its kind. Two hooks have two names. */
  readonly name?: string;
  /** Default: `incident.opened`, `incident.worsened` and `incident.resolved`. */
  readonly on?: readonly HookEvent[];
  /** Only of these environments. Default: all. */
  readonly environments?: readonly string[];
}

export interface WebhookOptions extends HookOptions {
  readonly url: string | FromEnvironment;
  /** Signs every message, so that the receiver knows from whom it is. */
  readonly secret?: FromEnvironment;
}

export interface SlackOptions extends HookOptions {
  /** The address of an incoming webhook. Whoever knows it can write into the channel. */
  readonly url: FromEnvironment;
}

export interface EmailOptions extends HookOptions {
  /** The address of a mail server, with its login: `smtps://user:password@mail.example`. */
  readonly smtp: FromEnvironment;
  /** Who it is from: `alerts@example.com` or `Sluice <alerts@example.com>`. */
  readonly from: string;
  /** Who gets it. */
  readonly to: string | readonly string[];
}

/** Where word of what happens is sent. */
export type Hook =
  | (WebhookOptions & { readonly kind: "webhook" })
  | (SlackOptions & { readonly kind: "slack" })
  | (EmailOptions & { readonly kind: "email" });

/** The value of an environment variable, by its name: `env("ALERT_SECRET")`. */
export function env(name: string): FromEnvironment {
  return Object.freeze({ kind: "env" as const, name });
}

/** Send events as CloudEvents over HTTP: `webhook({ url: "https://alerts.example/sluice", secret: env("ALERT_SECRET") })`. */
export function webhook(options: WebhookOptions): Hook {
  return Object.freeze({ kind: "webhook" as const, ...options });
}

/** Send events as messages to a channel of Slack, or of what takes the same: `slack({ url: env("SLACK_URL") })`. */
export function slack(options: SlackOptions): Hook {
  return Object.freeze({ kind: "slack" as const, ...options });
}

/** Send events as e-mails: `email({ smtp: env("SMTP_URL"), from: "alerts@example.com", to: "night@example.com" })`. */
export function email(options: EmailOptions): Hook {
  return Object.freeze({ kind: "email" as const, ...options });
}
