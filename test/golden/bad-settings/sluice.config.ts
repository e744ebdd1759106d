import { project } from "sluice";

export default project({ name: "my project!", engine: { memory: "lots", workers: 0 }, publish: "some" as "all" });
