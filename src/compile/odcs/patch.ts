/**
 * How one JSON document differs from another, as a document. What ODCS says and Sluice has no word for is kept as the
 * difference between what would be exported and what was there: nothing is lost, whatever it is.
 */

/** A difference: another value, no value, other keys of an object, or other items of a list whose items have names. */
export type Patch =
  | { readonly set: unknown }
  | { readonly unset: true }
  | { readonly keys: Readonly<Record<string, Patch>> }
  | {
      /** What names an item. */
      readonly by: "name" | "property";
      readonly order: readonly string[];
      readonly removed: readonly string[];
      readonly items: Readonly<Record<string, Patch>>;
    };

type Data = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether two JSON values say the same; the order of keys says nothing. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, at) => isSame(one, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
  );
}

/** What makes `to` of `from`; undefined where they say the same. */
export function difference(from: unknown, to: unknown): Patch | undefined {
  if (isSame(from, to)) return undefined;
  if (isObject(from) && isObject(to)) return { keys: differentKeys(from, to) };
  const by = (["name", "property"] as const).find((name) => areNamed(from, name) && areNamed(to, name));
  if (by === undefined) return { set: to };
  const [before, after] = [itemsBy(from, by), itemsBy(to, by)];
  const items = [...after].flatMap(([name, item]) => {
    const change = before.has(name) ? difference(before.get(name), item) : { set: item };
    return change === undefined ? [] : [[name, change] as const];
  });
  return {
    by,
    order: [...after.keys()],
    removed: [...before.keys()].filter((name) => !after.has(name)),
    items: Object.fromEntries(items),
  };
}

function differentKeys(from: Data, to: Data): Record<string, Patch> {
  const changed = Object.entries(to).flatMap(([key, value]) => {
    const change = Object.hasOwn(from, key) ? difference(from[key], value) : { set: value };
    return change === undefined ? [] : [[key, change] as const];
  });
  const gone = Object.keys(from).filter((key) => !Object.hasOwn(to, key));
  return Object.fromEntries([...changed, ...gone.map((key) => [key, { unset: true }] as const)]);
}

const areNamed = (value: unknown, by: string): boolean =>
  Array.isArray(value) &&
  value.every((item) => isObject(item) && typeof item[by] === "string") &&
  new Set(value.map((item: Data) => item[by])).size === value.length;

const itemsBy = (value: unknown, by: string): ReadonlyMap<string, Data> =>
  new Map((value as readonly Data[]).map((item) => [item[by] as string, item]));

/** Make what a difference was found for. What came since beside what it is about stays. */
export function patched(from: unknown, patch: Patch): unknown {
  if ("set" in patch) return patch.set;
  if ("unset" in patch) return undefined;
  if ("keys" in patch) return patchedKeys(isObject(from) ? from : {}, patch.keys);
  const { by, order, removed, items } = patch;
  const before = areNamed(from, by) ? itemsBy(from, by) : new Map<string, Data>();
  const known = new Set([...order, ...removed]);
  const made = order.flatMap((name) => {
    const change = Object.hasOwn(items, name) ? items[name] : undefined;
    // What is gone from the definition since then is not brought back by what was said about it.
    if (!before.has(name) && !(change && "set" in change)) return [];
    return [change === undefined ? before.get(name) : patched(before.get(name), change)];
  });
  return [...made, ...[...before].flatMap(([name, item]) => (known.has(name) ? [] : [item]))];
}

function patchedKeys(from: Data, keys: Readonly<Record<string, Patch>>): Data {
  const made = Object.keys({ ...from, ...keys }).flatMap((key) => {
    const change = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (change === undefined) return [[key, from[key]] as const];
    if ("unset" in change) return [];
    return [[key, patched(Object.hasOwn(from, key) ? from[key] : undefined, change)] as const];
  });
  return Object.fromEntries(made);
}

/** The places that a difference is about, such as `schema.orders.properties.id.classification`; what it takes away is none. */
export function placesOf(patch: Patch, path = ""): string[] {
  const below = (name: string): string => (path === "" ? name : `${path}.${name}`);
  if ("unset" in patch) return [];
  if ("set" in patch) return [path];
  const inner = "keys" in patch ? patch.keys : patch.items;
  return Object.entries(inner).flatMap(([name, change]) => placesOf(change, below(name)));
}
