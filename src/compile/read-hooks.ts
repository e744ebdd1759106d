import * as z from "zod/mini";
import type { Hook, HookEvent } from "../define/hook.ts";
import type { NamedHook } from "../graph/graph.ts";
import type { Mistakes } from "./validate.ts";

const events = [
  "incident.opened",
  "incident.seen",
  "incident.worsened",
  "incident.changed",
  "incident.acknowledged",
  "incident.assigned",
  "incident.resolved",
] as const satisfies readonly HookEvent[];

/** What a hook hears of that does not say so: what people have to know, and not every repetition. */
const usual: readonly HookEvent[] = ["incident.opened", "incident.worsened", "incident.resolved"];

const variable = z.strictObject(
  {
    kind: z.literal("env"),
    name: z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable")),
  },
  { error: 'env("NAME"): a secret is read from the environment' },
);

/** Names and passwords do not belong into a configuration. */
const webAddress = z
  .string()
  .check(
    z.regex(/^https?:\/\/[^\s@/]+(?:\/[^\s@]*)?$/, 'an http address without a password, or env("NAME")'),
  );

/** An address, with or without a name before it; neither has room for a second address or another header. */
const address = String.raw`[^\s\p{C}<>()",;:@\[\]\\]+@[\p{L}\p{N}.-]+`;
const name = String.raw`[^\p{C}<>()",;:@\[\]\\]+`;
const mailbox = z
  .string()
  .check(
    z.maxLength(320, "at most 320 characters"),
    z.regex(
      new RegExp(`^(?:${name} <${address}>|${address})$`, "u"),
      'an address, such as "alerts@example.com" or "Alerts <alerts@example.com>"',
    ),
  );
const mailboxes = z
  .array(mailbox)
  .check(z.minLength(1, "at least one address"), z.maxLength(50, "at most 50 addresses"));

const told = {
  name: z.optional(
    z.string().check(z.regex(/^[A-Za-z0-9][\w.-]*$/, 'a name of letters, digits, "-", "_" and "."')),
  ),
  on: z.optional(z.array(z.enum(events)).check(z.minLength(1, "at least one event"))),
  environments: z.optional(z.array(z.string()).check(z.minLength(1, "at least one environment"))),
};

/** The hooks of a project. */
export const hooksSchema = z.array(
  z.discriminatedUnion(
    "kind",
    [
      z.strictObject({
        kind: z.literal("webhook"),
        url: z.union([variable, webAddress], { error: 'an http address without a password, or env("NAME")' }),
        secret: z.optional(variable),
        ...told,
      }),
      z.strictObject({ kind: z.literal("slack"), url: variable, ...told }),
      z.strictObject({
        kind: z.literal("email"),
        smtp: variable,
        from: mailbox,
        to: z.union([mailbox, mailboxes], {
          error: 'an address such as "night@example.com", or a list of them',
        }),
        ...told,
      }),
    ],
    {
      error:
        'a hook: webhook({ url: "https://…" }), slack({ url: env("…") }) or email({ smtp: env("…"), from: "…", to: "…" })',
    },
  ),
);

/** Hooks with their names and events settled; two of one name are told. */
export function nameHooks(hooks: readonly Hook[], mistakes: Mistakes): readonly NamedHook[] {
  const names = new Set<string>();
  return hooks.map((hook, index) => {
    const name = hook.name ?? hook.kind;
    if (names.has(name)) {
      mistakes.add("bad-setting", ["hooks", index], `two hooks are called "${name}"`, {
        suggestion: 'give each a name of its own, such as name: "night-shift"',
      });
    }
    names.add(name);
    return { ...hook, name, on: hook.on ?? usual };
  });
}
