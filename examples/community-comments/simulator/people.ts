/** The members of the community, by number. A few of them write most of the comments. */
import { type Random, scattered } from "./random.ts";

const TRAITS =
  "amber brisk calm damp early fern green hazel inky jolly keen late mossy north old pale quiet rusty slow tidal".split(
    " ",
  );
const THINGS =
  "brook crane delta eel ferry gate heron inlet kelp lock mill newt otter pond quay reed sluice trout wader weir".split(
    " ",
  );
const FIRST =
  "Ada Björn Chloé Dmitri Elif François Grete Hana Inés Jonas Käthe Lars Marie Noor Ole Priya Renée Søren Tomás Zoë".split(
    " ",
  );
const LAST =
  "Andersen Brook Castañeda Dupont Eriksen Fischer García Hoffmann Ito Jönsson Keller Lindqvist Müller Nkemelu Okafor Peña".split(
    " ",
  );

/** How many people take part, given the number of comments of a network: 20 to 20,000. */
export const crowd = (comments: number): number => Math.min(Math.max(Math.ceil(comments / 25), 20), 20_000);

/** Somebody's number, the busiest people first and most often. */
export function speaker(random: Random, people: number): number {
  const share = random.share();
  return Math.floor(share * share * share * people);
}

/** A user name, such as `mossy_otter17`; one per number. */
export function handle(person: number): string {
  const [trait, thing] = [TRAITS[person % 20], THINGS[Math.floor(person / 20) % 20]];
  return person < 400 ? `${trait}_${thing}` : `${trait}_${thing}${Math.floor(person / 400)}`;
}

/** First and last name, within Latin-1; several people may share one. */
export function fullName(person: number): string {
  return `${FIRST[person % 20]} ${LAST[(person + Math.floor(person / 20)) % 16]}`;
}

/** An id as Slack makes them, such as `U00K8S2V1`; one per number. */
export const slackUser = (person: number): string => `U0${scattered(person).toUpperCase()}`;
