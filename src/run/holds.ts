import { SluiceError } from "../errors.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { KeptTarget, LegalHold } from "../store/store.ts";
import type { Ports } from "./ports.ts";
import { releaseFor } from "./read.ts";

const versionId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Hold something, so that gc never removes it. Errors: `bad-usage`, `version-gone`, and those of names that mean nothing. */
export async function addHold(
  ports: Ports,
  what: string,
  by: { readonly who: string; readonly why: string },
): Promise<LegalHold> {
  requireReason(by.why);
  const target = await targetOf(ports, what);
  const hold = { id: ports.newId(), target, at: ports.now().toISOString(), ...by };
  await ports.store.addLegalHold(hold);
  return hold;
}

/** Take back the hold whose id begins so. Errors: `unknown-hold`, `bad-usage` where several do. */
export async function removeHold(
  { store, now }: Ports,
  id: string,
  by: { readonly who: string; readonly why: string },
): Promise<LegalHold> {
  requireReason(by.why);
  const found = (await store.legalHolds()).filter(
    (hold) => id !== "" && hold.id.startsWith(id.toLowerCase()),
  );
  const [hold] = found;
  if (found.length > 1) {
    throw new SluiceError("bad-usage", `several holds have an id that begins with "${id}"`, {
      hint: `write more of it: ${found.map((one) => one.id).join(", ")}`,
    });
  }
  const removed =
    hold !== undefined && (await store.removeLegalHold(hold.id, { at: now().toISOString(), ...by }));
  if (removed) return hold;
  throw new SluiceError("unknown-hold", `there is no hold whose id begins with "${id}"`, {
    hint: "sluice hold ls lists them",
  });
}

function requireReason(why: string): void {
  if (why.trim() !== "") return;
  throw new SluiceError("bad-usage", "a hold needs a reason, and the one given is empty", {
    hint: 'say it for those who read it later: --why "audit of 2026"',
  });
}

/** A hold's target as people write it: `prod@12`, `raw.orders`, `raw.orders@1e0b…` as the version's id. */
export function targetName(target: KeptTarget): string {
  if ("version" in target) return target.version;
  return "dataset" in target ? target.dataset : `${target.environment}@${target.release}`;
}

/** What people mean by a name. A dataset is known by its point, a release by its number. */
async function targetOf(ports: Ports, what: string): Promise<KeptTarget> {
  const mark = what.lastIndexOf("@");
  const [name, at] = mark < 0 ? [what, undefined] : [what.slice(0, mark), what.slice(mark + 1)];
  if (at !== undefined && !versionId.test(at) && !(await isDataset(ports, name))) {
    const { environment, number } = await releaseFor(ports, { environment: name, at });
    return { environment, release: number };
  }
  if (!name.includes(".")) {
    throw new SluiceError("bad-usage", `"${what}" is neither a release nor a dataset`, {
      hint: "write prod@12 for a release, raw.orders for a dataset, raw.orders@<id> for one version of it",
    });
  }
  await refuseUnknown(ports, name);
  if (at === undefined) return { dataset: name };
  const version = at.toLowerCase();
  const known = await ports.store.versionsOfDataset(name);
  if (known.includes(version)) return { version };
  throw new SluiceError("unknown-release", `"${name}" has no version "${at}"`, {
    hint: `sluice show ${name} tells the id of the one that is published, sluice releases --json those of all`,
  });
}

/** Whether a name before an `@` is a dataset's. What is called like both is an environment. */
async function isDataset({ store }: Ports, name: string): Promise<boolean> {
  if ((await store.environments()).some((environment) => environment.name === name)) return false;
  return (await store.versionsOfDataset(name)).length > 0;
}

/** Errors: `unknown-dataset`. */
async function refuseUnknown({ store }: Ports, dataset: string): Promise<void> {
  if ((await store.versionsOfDataset(dataset)).length > 0) return;
  const names = new Set<string>();
  for (const { name } of await store.environments())
    for (const id of (await store.pointers(name)).keys()) names.add(id);
  throw new SluiceError("unknown-dataset", `nothing is stored of a dataset "${dataset}"`, {
    hint: didYouMean(dataset, names) ?? "sluice ls lists what is published",
  });
}
