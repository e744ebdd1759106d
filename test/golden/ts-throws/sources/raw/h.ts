import x from "left-pad-but-not-really";

export default x;
