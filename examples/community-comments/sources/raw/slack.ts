import { files, source, t } from "sluice";
import { moment } from "../../contracts/moment.ts";

/**
 * No column is a key: the same message arrives again with every overlapping export, and anew after an edit.
 */
export default source({
  description: "Messages of the workspace export: one folder per channel, one file per day",
  owner: "community-team",
  story: "every-comment-in-one-place",
  // Two levels deep, because users.json and channels.json in the root of the export are not messages.
  from: files("landing/slack/*/*.json"),
  columns: {
    ts: t
      .text()
      .pattern(/\d{10}\.\d{6}/)
      .describe("Names a message within its channel; also its time"),
    channel: t.text().pattern(/[CG][A-Z0-9]{7,}/),
    author: t
      .text()
      .from("user", "bot_id")
      .pattern(/[UWB][A-Z0-9]{6,}/)
      .tag("pii.username"),
    body: t.text().from("text").minLength(1).tag("pii.free_text"),
    posted_at: moment().from("ts").format("epoch_s"),
    edited_at: moment().nullable().from("edited.ts").format("epoch_s"),
    subtype: t.text().nullable().describe("What kind of message it is, if not an ordinary one"),
    deleted_ts: t.text().nullable().describe("Of a deletion: the `ts` of the message that is gone"),
    thread_ts: t.text().nullable(),
    reactions: t.json().nullable(),
  },
  quarantine: { warn: 0.02, stop: 0.05 },
  freshness: { warn: "2d", stop: "7d" },
});
