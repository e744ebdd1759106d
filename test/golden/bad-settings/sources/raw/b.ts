import { files, source, t } from "sluice";

export default source({
  from: files(["/etc/*.csv", "../other/*.csv", "landing/b/*.csv"], { format: "xml" as "csv" }),
  columns: {
    id: t.text().key().nullable(),
    amount: t.decimal(4, 6),
    sluice_line: t.integer(),
    Name: t.text(),
    name: t.text(),
    plain: { type: "text" } as never,
    odd: 5 as never,
  },
  quarantine: { warn: 2, stop: 0.1 },
  freshness: { warn: "soon", stop: "99999999999d" },
});
