import { expect, test } from "vitest";
import { slackMessage } from "./hook-message.ts";

test("a chat shows an incident in two lines, whatever names and reasons hold", () => {
  const text = slackMessage({
    project: "shop",
    event: {
      sequence: 1,
      type: "incident.acknowledged",
      at: "2026-03-04T08:15:02.113Z",
      environment: "prod",
      dataset: "raw.orders",
      data: {
        incident: 7,
        who: "mira",
        why: `fine\n*Incident 8* in prod: <!channel>\u202e${"x".repeat(100_000)}`,
      },
    },
  }).body;
  const shown = (JSON.parse(text) as { readonly text: string }).text;
  expect(shown.split("\n")).toHaveLength(1);
  expect(shown).toMatch(
    /^\*Incident 7\* in prod: raw\.orders is looked after by mira: fine \*Incident 8\* in prod: &lt;!channel&gt; x+…$/,
  );
  expect(shown.length).toBeLessThanOrEqual(2000);
});
