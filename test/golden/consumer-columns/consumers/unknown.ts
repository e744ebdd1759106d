import { consumer } from "sluice";

export default consumer({ type: "report", reads: [{ dataset: "raw.comments", column: ["id"] } as never] });
