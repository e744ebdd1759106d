import { consumer } from "sluice";

export default consumer({ type: "person", reads: ["raw.comments"], story: "weekly" });
