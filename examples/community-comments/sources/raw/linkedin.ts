import { files, source, t } from "sluice";
import { moment } from "../../contracts/moment.ts";

export default source({
  description: "Comments.csv of LinkedIn's data export",
  owner: "community-team",
  story: "every-comment-in-one-place",
  from: files("landing/linkedin/*.csv"),
  columns: {
    link: t
      .text()
      .from("Link")
      .pattern(/https:\/\/www\.linkedin\.com\/.+/),
    author: t.text().from("Commenter").tag("pii.name"),
    // The export renamed the column half-way through the year; both names are one promise.
    body: t.text().from("Message", "Comment").minLength(1).tag("pii.free_text"),
    posted_at: moment().from("Date").format("%Y-%m-%d %H:%M:%S"),
  },
  quarantine: { warn: 0.02, stop: 0.05 },
  // Somebody has to ask for the export by hand.
  freshness: { warn: "14d", stop: "45d" },
});
