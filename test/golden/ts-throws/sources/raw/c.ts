import { source } from "sluice";

const x: number = ;
export default source({});
