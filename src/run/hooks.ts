import { SluiceError } from "../errors.ts";
import type { NamedHook } from "../graph/graph.ts";
import type { Receipt } from "../sink/sink.ts";
import type { DeliveryOutcome, HookDelivery } from "../flow/hook-delivery.ts";
import { hookMail } from "./hook-mail.ts";
import { cloudEvent, signatureHeaders, slackMessage, type Told } from "./hook-message.ts";
import type { HookOutlet, HookTarget, Ports } from "./ports.ts";

/** What came of telling one hook. */
export interface HookReport {
  readonly hook: string;
  readonly sent: number;
  /** Messages that are tried again later, and such that were given up now. */
  readonly waiting: number;
  readonly givenUp: number;
  readonly problem?: string;
}

type HookPorts = Pick<Ports, "store" | "now" | "hooks">;

/** Milliseconds until an attempt is repeated: quickly at first, then patiently. After the last one nobody tries again. */
const pauses = [
  10_000, 60_000, 300_000, 1_800_000, 7_200_000, 21_600_000, 86_400_000, 86_400_000, 86_400_000,
];

/** How many messages one command sends, and how long it has the right to them. */
const mostAtOnce = 200;
const takenFor = 60_000;

/**
 * Do something of which hooks may have to be told, and tell them when it is over, however it ends. What goes wrong
 * with telling is a warning: it never fails what it tells of, and never holds it up for longer than its patience.
 */
export async function withHooks<T>(
  ports: HookPorts,
  warn: (message: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const { hooks: outlet, store } = ports;
  if (outlet === undefined) return work();
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      warn(`hooks were not told: ${error.message}`);
    }
  };
  await attempt(() => store.subscribe(outlet.hooks.map(({ name }) => name)));
  try {
    return await work();
  } finally {
    await attempt(async () => {
      for (const report of await tellHooks(ports)) if (report.problem !== undefined) warn(reportLine(report));
    });
  }
}

/** A report in words. */
export function reportLine({ hook, waiting, givenUp, problem }: HookReport): string {
  const left = [
    ...(waiting > 0 ? [`${waiting} to be sent again by a later command`] : []),
    ...(givenUp > 0 ? [`${givenUp} given up (sluice hooks retry ${hook})`] : []),
  ].join(", ");
  if (left === "") return `hook "${hook}" was told, but ${problem ?? ""}`;
  return `hook "${hook}" was not told: ${problem ?? ""}; ${left}`;
}

/** Send everything that is due, each hook by itself, in the order in which it happened. */
export async function tellHooks(ports: HookPorts): Promise<readonly HookReport[]> {
  const { hooks: outlet, store, now } = ports;
  if (outlet === undefined) return [];
  const at = now();
  const due = await store.takeDeliveries(
    outlet.hooks.map(({ name: hook, on, environments }) => ({ hook, on, environments })),
    {
      at: at.toISOString(),
      until: new Date(at.getTime() + takenFor).toISOString(),
      limit: mostAtOnce,
    },
  );
  const byHook = Map.groupBy(due, ({ hook }) => hook);
  const deadline = performance.now() + outlet.patience;
  return Promise.all(
    outlet.hooks.flatMap((hook) => {
      const deliveries = byHook.get(hook.name);
      return deliveries === undefined ? [] : [tell(ports, outlet, hook, deliveries, deadline)];
    }),
  );
}

/**
 * Tell one hook. Where it does not answer, that ends it: what is left waits until it is asked again. A message that it
 * refuses does not stand in the way of those behind it.
 */
async function tell(
  ports: HookPorts,
  outlet: HookOutlet,
  hook: NamedHook,
  deliveries: readonly HookDelivery[],
  deadline: number,
): Promise<HookReport> {
  const { store, now } = ports;
  const target = outlet.target(hook);
  const failures: DeliveryOutcome[] = [];
  let silent = "problem" in target ? target.problem : undefined;
  let problem = silent;
  let next = 0;
  while (silent === undefined && next < deliveries.length && !("problem" in target)) {
    const left = deadline - performance.now();
    if (left <= 0) {
      problem = silent = `it took longer than ${outlet.patience / 1000} s`;
      break;
    }
    const delivery = deliveries[next++] as HookDelivery;
    const timeout = Math.ceil(Math.min(outlet.timeout, left));
    const receipt = await bring(ports, outlet, { hook, target }, delivery, timeout);
    if (receipt.delivered) {
      problem ??= receipt.lacking;
      await store.settleDeliveries([{ hook: hook.name, sequence: delivery.event.sequence, arrived: true }]);
      continue;
    }
    problem = receipt.why;
    if (receipt.again) silent = receipt.why;
    failures.push(triedOutcome(delivery, receipt.why, now()));
  }
  const [last] = failures.slice(-1);
  // Those behind it are asked for when it is asked again, and not before.
  const dueAt = last?.arrived === false ? last.dueAt : now().toISOString();
  const untried = deliveries
    .slice(next)
    .map((delivery): DeliveryOutcome => outcomeOf(delivery, { dueAt, problem: silent ?? "" }));
  const outcomes = [...failures, ...untried];
  await store.settleDeliveries(outcomes);
  const givenUp = outcomes.filter((outcome) => !outcome.arrived && outcome.isGivenUp).length;
  return {
    hook: hook.name,
    sent: deliveries.length - outcomes.length,
    waiting: outcomes.length - givenUp,
    givenUp,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Bring one message to where its hook leads, as what the hook takes. */
async function bring(
  { store, now }: HookPorts,
  { project, courier, mailer }: HookOutlet,
  { hook, target }: { readonly hook: NamedHook; readonly target: Extract<HookTarget, { readonly url: URL }> },
  { event }: HookDelivery,
  timeout: number,
): Promise<Receipt> {
  const [incident] = await store.incidents(1, { id: Number(event.data["incident"]) });
  const told: Told = { project, event, incident };
  const date = now();
  if (hook.kind === "email") return mailer({ server: target.url, ...hookMail(told, hook), date, timeout });
  const message = hook.kind === "slack" ? slackMessage(told) : cloudEvent(told);
  return courier({
    url: target.url,
    headers: { "content-type": message.contentType, ...signatureHeaders(message, date, target.secret) },
    body: message.body,
    timeout,
  });
}

function triedOutcome(delivery: HookDelivery, problem: string, at: Date): DeliveryOutcome {
  const pause = pauses[delivery.attempts];
  return {
    ...outcomeOf(delivery, { dueAt: new Date(at.getTime() + (pause ?? 0)).toISOString(), problem }),
    attempts: delivery.attempts + 1,
    isGivenUp: pause === undefined,
  };
}

function outcomeOf(
  { hook, event, attempts }: HookDelivery,
  how: { readonly dueAt: string; readonly problem: string },
): Extract<DeliveryOutcome, { readonly arrived: false }> {
  return { hook, sequence: event.sequence, arrived: false, attempts, ...how, isGivenUp: false };
}
