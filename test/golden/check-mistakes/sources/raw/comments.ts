import { files, source, t } from "sluice";

export default source({
  description: "What people said",
  from: files("landing/comments/*.ndjson"),
  columns: {
    id: t.text().key(),
    author: t.text().nullable().tag("pii.username"),
    body: t.text().minLength(1),
    likes: t.integer().min(0),
    posted_at: t.timestamp(),
  },
});
