import { model } from "sluice";

export default model({} as never);
