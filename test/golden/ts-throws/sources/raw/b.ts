import a from "./a.ts";

export default a;
