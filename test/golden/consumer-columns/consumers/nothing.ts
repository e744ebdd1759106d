import { consumer } from "sluice";

export default consumer({
  type: "report",
  reads: ["raw.comments", { dataset: "raw.comments", columns: [] }],
});
