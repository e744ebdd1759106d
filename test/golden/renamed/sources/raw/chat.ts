import { files, source, t } from "sluice";

export default source({
  renamedFrom: "community.a",
  from: files("landing/chat/*.csv"),
  columns: { id: t.text().key() },
});
