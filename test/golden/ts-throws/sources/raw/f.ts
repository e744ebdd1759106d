import x from "../../lib/missing.ts";

export default x;
