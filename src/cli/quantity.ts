/** Numbers as people read them. Locale independent, so that the same run prints the same text everywhere. */
import { numberText } from "../graph/number-text.ts";

/** A whole number with separators: `12,040`. */
export function count(value: number): string {
  return numberText(Math.round(value));
}

/** A number with its noun: `1 dataset`, `12 datasets`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** Milliseconds as `0.04 s`, `3.2 s`, `4 min 10 s` or `2 h 5 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 0.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** How long ago an instant (ISO 8601) was, coarsely: `12 s ago`, `3 h ago`, `8 days ago`. */
export function age(instant: string, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(instant)) / 1000));
  if (Number.isNaN(seconds)) return instant;
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

/** An instant (ISO 8601) as `2026-03-01 14:05:09 UTC`. */
export function moment(instant: string): string {
  const time = new Date(instant);
  return Number.isNaN(time.getTime()) ? instant : `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Bytes as `812 B`, `14.2 KB`, `3.1 GB` (powers of 1000). */
export function bytes(value: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let amount = value;
  let unit = 0;
  while (amount >= 999.95 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${amount.toFixed(1)} ${units[unit]}`;
}

/** Up to `most` names, then how many more there are: `a, b and 7 more`. */
export function names(list: readonly string[], most = 3): string {
  if (list.length <= most) return list.join(", ");
  return `${list.slice(0, most).join(", ")} and ${list.length - most} more`;
}
