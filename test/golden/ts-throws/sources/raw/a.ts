import { boom } from "../../lib/broken.ts";

export default boom();
