import { source } from "sluice";

export default source({ from: "landing/*.csv" as never, columns: {} });
