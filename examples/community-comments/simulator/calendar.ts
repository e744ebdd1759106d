/** The year the simulator writes about: 52 whole weeks with a fixed end, so that no clock is read. */

const DAY_MS = 86_400_000;

/** The first day, a Monday, at midnight UTC; milliseconds since 1970. */
export const FIRST_DAY = Date.UTC(2025, 5, 30);
/** Days in the year of the simulator, Sundays included. */
export const DAYS = 364;

/** Midnight UTC of a day of the year, counted from 0; milliseconds since 1970. */
export const startOfDay = (day: number): number => FIRST_DAY + day * DAY_MS;

/** A day of the year, counted from 0, as `2025-06-30`. */
export const dateOf = (day: number): string => new Date(startOfDay(day)).toISOString().slice(0, 10);

/** The week, counted from 0, in which a moment lies. */
export const weekOf = (moment: number): number => Math.floor((moment - FIRST_DAY) / (7 * DAY_MS));

/** 0 to 6, Monday first. */
export const weekdayOf = (day: number): number => day % 7;

/** Where a community stands after `share` (0 to 1) of its comments: it grows, so the second half goes by faster. */
export const momentAt = (share: number): number => FIRST_DAY + Math.floor(share ** 0.8 * DAYS * DAY_MS);

/** A moment of a day after a share (0 to 1) of its messages: most in the early evening. Strictly rising. */
export function momentOfDay(day: number, share: number): number {
  const hour = share + 0.11 * Math.sin(2 * Math.PI * (share - 0.17)) + 0.11 * Math.sin(2 * Math.PI * 0.17);
  return startOfDay(day) + Math.floor(hour * DAY_MS);
}

/** `2025-06-30T12:34:56Z` */
export const isoSeconds = (moment: number): string => `${new Date(moment).toISOString().slice(0, 19)}Z`;

/** `2025-06-30 12:34:56` */
export const plainSeconds = (moment: number): string =>
  new Date(moment).toISOString().slice(0, 19).replace("T", " ");

/** `30/06/2025 12:34` */
export function britishMinutes(moment: number): string {
  const iso = new Date(moment).toISOString();
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(0, 4)} ${iso.slice(11, 16)}`;
}
