import x from "./comments";

export default x;
