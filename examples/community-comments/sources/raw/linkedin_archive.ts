import { files, source, t } from "sluice";
import { moment } from "../../contracts/moment.ts";

/** What was exported with the old tool. It is closed, so it promises no freshness. */
export default source({
  description: "LinkedIn comments up to the autumn of 2025: Latin-1, semicolons, British dates",
  owner: "community-team",
  story: "every-comment-in-one-place",
  from: files("landing/linkedin-archive/*.csv", { encoding: "latin-1", delimiter: ";" }),
  columns: {
    link: t
      .text()
      .from("Link")
      .pattern(/https:\/\/www\.linkedin\.com\/.+/),
    author: t.text().from("Commenter").tag("pii.name"),
    body: t.text().from("Message").minLength(1).tag("pii.free_text"),
    posted_at: moment().from("Date").format("%d/%m/%Y %H:%M"),
  },
  quarantine: { warn: 0.02, stop: 0.05 },
});
