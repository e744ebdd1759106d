import { files, source, t } from "sluice";

export default source({
  from: files("landing/b/*.csv", { delimeter: ";" } as object),
  column: {},
  columns: { id: t.text() },
  freshness: { warm: "6h" },
} as never);
