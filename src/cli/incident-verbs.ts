import { Argument, Option } from "commander";
import { json, projectOption, type VerbSpec, wholeNumber } from "./verb-spec.ts";

const number = () => new Argument("<id>", "the incident's number, as ls shows it");
const remark = () => new Option("--why <text>", "a remark, kept with the incident");

/** Verbs about what stands in the way of the flow. */
export const incidentVerbs: readonly VerbSpec[] = [
  {
    name: "incidents ls",
    summary: "List what stops or threatens the flow, newest first",
    description:
      "Lists incidents that are not resolved, in all environments, newest first: what was found, since when, how often, and who answers for it.",
    options: [
      new Option("--all", "also those that are resolved"),
      new Option("--env <name>", "only of this environment"),
      new Option("-n, --limit <count>", "how many at most").argParser(wholeNumber(1)).default(50),
      projectOption(),
      json(),
    ],
    examples: [
      ["incidents ls", "what is open now"],
      ["incidents ls --all --env prod", "the history of prod"],
    ],
    load: async () => (await import("./incidents.ts")).listIncidents,
  },
  {
    name: "incidents show",
    summary: "Tell everything about one incident",
    description:
      "Tells everything about one incident: what was found with some rows, what is held, who is touched and how long their data stays fresh enough, and what happened since. Values that may be personal data are not shown.",
    arguments: [number()],
    options: [projectOption(), json()],
    examples: [["incidents show 12", "incident 12"]],
    load: async () => (await import("./incidents.ts")).showIncident,
  },
  {
    name: "incidents ack",
    summary: "Say that somebody looks after it",
    description:
      "Says that somebody looks after an incident. It stays unresolved; when it grows worse it is open again.",
    arguments: [number()],
    options: [remark(), projectOption(), json()],
    examples: [['incidents ack 12 --why "asked the supplier"', "with a remark"]],
    load: async () => (await import("./incidents.ts")).acknowledgeIncident,
  },
  {
    name: "incidents resolve",
    summary: "Say that an incident is over",
    description:
      "Says that an incident is over, although the flow did not show it. When it is found again, that is another incident. One from which the flow recovers is resolved without this.",
    arguments: [number()],
    options: [
      new Option("--why <text>", "the reason; it is recorded").makeOptionMandatory(),
      projectOption(),
      json(),
    ],
    examples: [['incidents resolve 12 --why "these rows are as they should be"', "by somebody's word"]],
    load: async () => (await import("./incidents.ts")).resolveIncident,
  },
  {
    name: "incidents assign",
    summary: "Hand an incident to a team or a person",
    arguments: [number(), new Argument("<owner>", "who answers for it from now on")],
    options: [remark(), projectOption(), json()],
    examples: [["incidents assign 12 data-platform", "to another team"]],
    load: async () => (await import("./incidents.ts")).assignIncident,
  },
  {
    name: "hooks ls",
    summary: "List who is told of incidents, and what did not arrive yet",
    options: [projectOption(), json()],
    examples: [["hooks ls", "every hook of sluice.config.ts"]],
    load: async () => (await import("./hooks.ts")).listHooks,
  },
  {
    name: "hooks retry",
    summary: "Send at once what waits or was given up",
    description:
      "Sends at once what could not be sent before: what waits for its next attempt and what was given up. Exits with 1 where something did not arrive.",
    arguments: [new Argument("[hook]", "only this one (default: all)")],
    options: [projectOption(), json()],
    examples: [
      ["hooks retry", "everything that waits"],
      ["hooks retry night-shift", "only what one hook was not told"],
    ],
    load: async () => (await import("./hooks.ts")).retryHooks,
  },
  {
    name: "hooks drop",
    summary: "Forget what a hook was not told",
    description:
      "Forgets the messages that wait for a hook and those that were given up; nobody is sent them any more. Also for a hook that has left sluice.config.ts. Where the hook is still there, it hears of what happens from the next command on.",
    arguments: [new Argument("<hook>", "the hook")],
    options: [projectOption(), json()],
    examples: [["hooks drop night-shift", "what it was not told is of no use to it any more"]],
    load: async () => (await import("./hooks.ts")).dropDeliveries,
  },
];
