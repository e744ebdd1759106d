/**
 * What the members of an invented community say: they build small open-source water gauges and gates
 * for millponds and garden channels. In each list the first entries are meant to be the most frequent.
 * Entries outside Latin-1 (emoji above all) are left out where a network cannot carry them.
 */

/** Whole comments that many people make in the same words. */
export const STOCK: readonly string[] = [
  "thanks",
  "thank you",
  "good morning",
  "same here",
  "great work",
  "+1",
  "lol",
  "this is the way the water goes",
  "thank you so much",
  "any news on this?",
  "welcome to the pond",
  "works for me",
  "nice one",
  "have you tried turning the gate off and on again?",
  "congratulations",
  "following",
  "can confirm",
  "good night everyone",
  "it is always the float switch",
  "well done everybody",
  "me too",
  "first",
  "solved it, thanks",
  "happy friday",
  "who opened the sluice",
  "love this",
  "vielen dank",
  "merci beaucoup",
  "this made my day",
  "works on my pond",
  "see you on thursday",
  "muchas gracias",
  "that fixed it",
  "exactly what I was looking for",
  "sounds good to me",
  "please read the pinned post first",
  "hello from Köln",
  "bonjour à tous",
  "we need a bigger bucket",
  "not all heroes wear waders",
  "take my upvote and my float switch",
  "what a community",
  "sorry, wrong channel",
  "never trust a dry sensor",
  "is the stream live again?",
  "good question",
  "saving this for later",
  "how is this free?",
  "grüße vom Mühlbach",
  "¡qué buena idea!",
  "one gate to rule them all",
  "my ducks approve",
];

/** One phrase a week rises and falls again: the reason to look at phrases by week. */
export const WEEKLY: readonly string[] = [
  "the heron is back",
  "who fed the calibration goose",
  "release the second gate",
  "seven centimetres is not a personality",
  "ask me about my gasket",
  "summer build week is on",
  "let the pond decide",
  "it rains therefore I log",
  "frost mode for everyone",
  "count the puddles not the days",
  "the otter ate my antenna",
  "two pumps one dream",
  "back to the drawing pond",
];

/** How a longer comment may begin. */
export const OPENERS: readonly string[] = [
  "I think",
  "Just a quick note:",
  "As far as I can tell,",
  "Does anyone know why",
  "After the last update",
  "To be honest,",
  "In case it helps someone,",
  "For what it is worth,",
  "Good news:",
  "Strange thing,",
  "On our second test site",
  "Quick question,",
  "As I said in the call,",
  "Since yesterday evening",
];

/** What is talked about. */
export const SUBJECTS: readonly string[] = [
  "the float switch",
  "the water gauge",
  "my gate controller",
  "the solar panel",
  "the new firmware",
  "the level sensor",
  "the left gate",
  "the pressure probe",
  "our upstream neighbour",
  "the weekly build",
  "the calibration sheet",
  "the radio link",
  "the overflow alarm",
  "the garden channel",
  "the café pond",
  "the spare battery",
  "the documentation",
  "the mounting bracket",
  "the rain counter",
  "the dashboard",
];

/** What it does. */
export const EVENTS: readonly string[] = [
  "stopped reporting",
  "works again",
  "reads two centimetres too low",
  "needs a new gasket",
  "opens by itself",
  "loses its settings",
  "survived the storm",
  "drifts by a few millimetres",
  "never reconnects",
  "is much quieter now",
  "sends everything twice",
  "froze solid",
  "finally makes sense",
  "jumps to zero",
  "took me a whole weekend",
  "is worth every minute",
];

/** When and where. */
export const CIRCUMSTANCES: readonly string[] = [
  "after the last update",
  "since this morning",
  "when it rains",
  "in direct sunlight",
  "on the old board",
  "with the long cable",
  "at low water",
  "during the night",
  "without any warning",
  "as soon as the pump starts",
  "below five degrees",
  "behind the mill",
  "with two panels in parallel",
  "three days in a row",
];

/** How it may end. */
export const CLOSERS: readonly string[] = [
  "any ideas?",
  "thanks in advance",
  "hope this helps",
  "let me know what you think",
  "photos tomorrow",
  "I will report back",
  "has anyone else seen this?",
  "keep up the good work",
  "see the pinned post",
  "I am happy to test",
  "voilà",
];

/** Small pictures at the end, none of them in Latin-1. */
export const EMOJI: readonly string[] = [
  "😂",
  "🙏",
  "👍",
  "❤️",
  "🎉",
  "💧",
  "🔥",
  "🦆",
  "👏",
  "🌧️",
  "🤔",
  "👩‍🔧",
  "🇩🇰",
];

/** Personal data that people put where it does not belong; all of it reserved for documentation or fiction. */
export const CONFIDENCES: readonly string[] = [
  "write to me at ada.brook@example.org",
  "my mail is jonas+pond@example.com",
  "call me on +44 7700 900123",
  "ring +1 202-555-0142 after six",
  "please refund to DE89 3704 0044 0532 0130 00",
  "IBAN GB82 WEST 1234 5698 7654 32, name as above",
  "mail marie.dupont@example.net or call +33 1 99 00 12 34",
];

/** Parts of invented nicknames and part names: the long tail of any vocabulary. */
export const SYLLABLES: readonly string[] =
  "ba bel bro cal cor da del dro el fen fir ga gil gro ha hol il jor ka kel la lin mar mo nel or pal ri sol tam ul vor".split(
    " ",
  );
