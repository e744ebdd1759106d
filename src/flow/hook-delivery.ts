import type { Event } from "./event.ts";

/** What a hook wants to hear of. */
export interface Subscription {
  readonly hook: string;
  /** Types of events. */
  readonly on: readonly string[];
  readonly environments?: readonly string[] | undefined;
}

/** An event that a hook has to be told of. */
export interface HookDelivery {
  readonly hook: string;
  readonly event: Event;
  /** How often it was tried. */
  readonly attempts: number;
  /** From when on it is tried again. */
  readonly dueAt: string;
  /** Why the last attempt failed. */
  readonly problem?: string;
  /** Nobody tries it any more unless somebody asks for that. */
  readonly isGivenUp: boolean;
}

/** What became of a delivery: it arrived, or how it stands. */
export type DeliveryOutcome = { readonly hook: string; readonly sequence: number } & (
  | { readonly arrived: true }
  | ({ readonly arrived: false } & Pick<HookDelivery, "attempts" | "dueAt" | "problem" | "isGivenUp">)
);
