/**
 * A time as people write it, in milliseconds since 1970: a date, or a date and a time, in UTC where no offset is given.
 * Undefined is what is not one, such as the 30th of February.
 */
export function instantOf(text: string): number | undefined {
  const form = /^(\d{4}-\d\d)-(\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/i;
  const [, month, day, time = "00:00", offset = "Z"] = form.exec(text) ?? [];
  if (month === undefined || day === undefined) return undefined;
  // Days that a month does not have would run over into the next one.
  if (new Date(`${month}-01T00:00Z`).getTime() !== new Date(`${month}-${day}T00:00Z`).setUTCDate(1))
    return undefined;
  const instant = Date.parse(`${month}-${day}T${time}${offset}`);
  return Number.isNaN(instant) ? undefined : instant;
}
