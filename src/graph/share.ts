/** A share as text, such as `"0.1%"`, from 0 to 1; undefined where it is none. */
export function shareOf(text: string): number | undefined {
  const digits = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*%\s*$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits) / 100;
}
