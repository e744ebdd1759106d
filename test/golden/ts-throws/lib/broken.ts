export function boom(): never {
  throw new TypeError("boom");
}
