/**
 * A number as people read it: digits in groups of three, and no more of them than are asked for. Not by `Intl`, whose first
 * formatter loads what it knows of all languages: longer than a small run takes to judge its checks.
 */
export function numberText(value: number, digits?: number): string {
  const text = String(digits === undefined ? value : Number(value.toPrecision(digits)));
  // What no digits alone can say, such as 1e+21.
  if (!/^-?\d+(\.\d+)?$/.test(text))
    return value.toLocaleString("en", digits === undefined ? {} : { maximumSignificantDigits: digits });
  const [whole = "", fraction] = text.split(".");
  const groups = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}
