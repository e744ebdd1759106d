import { source } from "sluice";

export default source({} as never);
