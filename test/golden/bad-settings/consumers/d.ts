import { consumer } from "sluice";

export default consumer({ type: "robot" as "person", reads: [] });
