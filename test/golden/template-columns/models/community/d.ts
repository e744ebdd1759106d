import { model } from "sluice";

export default model({ query: () => "select 1 as one" as never });
