import type { FreshnessLimits } from "../define/source.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import type { IncidentFinding } from "./incident.ts";

/** A source that promises how old its newest delivery may get, and when that came (milliseconds since 1970). */
export interface Delivered {
  readonly dataset: DatasetId;
  readonly version: string;
  readonly limits: FreshnessLimits;
  readonly at: number;
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

/** The sources of which nothing came for longer than they allow. `now`: milliseconds since 1970. */
export function judgeFreshness(
  delivered: readonly Delivered[],
  now: number,
): readonly Omit<IncidentFinding, "since">[] {
  return delivered.flatMap((one) => {
    const { dataset, version, at } = one;
    const passed = limitsOf(one).findLast(({ until }) => until <= now);
    if (passed === undefined) return [];
    const { severity, limit } = passed;
    const message = `nothing came since ${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC, the limit is ${limit}`;
    return [{ dataset, check: "delivery", kind: "delivery", severity, message, value: now - at, version }];
  });
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
