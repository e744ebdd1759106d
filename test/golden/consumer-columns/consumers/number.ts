import { consumer } from "sluice";

export default consumer({ type: "report", reads: ["raw.comments", 5 as unknown as string] });
