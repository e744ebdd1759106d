import type { FreshnessLimits } from "../define/source.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import type { IncidentFinding } from "./incident.ts";

/**
 * A source that promises how old its newest delivery may get, or a dataset of which a consumer says how fresh it needs it;
 * and when the newest came of what it is made of (milliseconds since 1970).
 */
export interface Delivered {
  readonly dataset: DatasetId;
  readonly version: string;
  readonly limits: FreshnessLimits;
  readonly at: number;
  /** Who needs it so fresh; absent where it is the source's own word. */
  readonly consumer?: string;
  /** What a consumer's dataset is made of. */
  readonly sources?: ReadonlySet<DatasetId>;
}

const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A duration such as `6h` in milliseconds; undefined where there is none. */
export function durationOf(text: string | undefined): number | undefined {
  const [, amount, unit = ""] = /^(\d+)([smhdw])$/.exec(text ?? "") ?? [];
  return amount === undefined ? undefined : Number(amount) * (units[unit] ?? 0);
}

/** When a source's newest delivery came, in milliseconds since 1970: content that was merely sent again is none. */
export function deliveredAt({ manifest, createdAt }: Pick<Version, "manifest" | "createdAt">): number {
  const times = (manifest?.files ?? []).flatMap(({ since }) =>
    since === undefined ? [] : Date.parse(since),
  );
  return times.length === 0 ? Date.parse(createdAt) : times.reduce((a, b) => Math.max(a, b));
}

/**
 * The sources of which nothing came for longer than they allow, and the datasets that are older than a consumer needs them.
 * Where a source says so itself, and as gravely, its consumers do not say it again. `now`: milliseconds since 1970.
 */
export function judgeFreshness(
  delivered: readonly Delivered[],
  now: number,
): readonly Omit<IncidentFinding, "since">[] {
  const late = delivered.flatMap((one) => {
    const passed = limitsOf(one).findLast(({ until }) => until <= now);
    return passed === undefined ? [] : [{ ...one, ...passed }];
  });
  const said = late.filter(({ consumer }) => consumer === undefined);
  const isSaid = ({ sources, severity }: (typeof late)[number]): boolean =>
    said.some((one) => sources?.has(one.dataset) && (one.severity === "stop" || severity === "warn"));
  return [...said, ...late.filter((one) => one.consumer !== undefined && !isSaid(one))].map((one) => {
    const { dataset, version, severity, at, consumer } = one;
    const check = consumer === undefined ? "delivery" : `freshness for ${consumer}`;
    return { dataset, check, kind: "delivery", severity, message: lateness(one), value: now - at, version };
  });
}

function lateness({ at, consumer, limit }: Delivered & { readonly limit: string }): string {
  const when = `nothing came since ${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return consumer === undefined
    ? `${when}, the limit is ${limit}`
    : `${when}, and consumer ${consumer} needs it within ${limit}`;
}

/** From when on more sources will be too old, if nothing comes (milliseconds since 1970). */
export function freshUntil(delivered: readonly Delivered[], now: number): number | undefined {
  const coming = delivered
    .flatMap(limitsOf)
    .map(({ until }) => until)
    .filter((until) => until > now);
  return coming.length === 0 ? undefined : coming.reduce((a, b) => Math.min(a, b));
}

/** The limits of a source, the one that stops last, with when each is passed. */
function limitsOf({ limits, at }: Delivered): readonly {
  readonly severity: "warn" | "stop";
  readonly limit: string;
  readonly until: number;
}[] {
  return (["warn", "stop"] as const).flatMap((severity) => {
    const limit = limits[severity];
    const length = durationOf(limit);
    return limit === undefined || length === undefined ? [] : [{ severity, limit, until: at + length }];
  });
}
