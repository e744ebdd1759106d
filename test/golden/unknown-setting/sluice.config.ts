import { project } from "sluice";

export default project({ name: "golden", storrage: "x" } as never);
