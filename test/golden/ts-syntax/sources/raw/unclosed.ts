import { files, source, t } from "sluice";

export default source({
  from: files("landing/*.csv"),
  columns: { id: t.text(.key() },
});
