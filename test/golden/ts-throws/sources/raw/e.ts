import { nothing } from "../../lib/broken.ts";

export default nothing;
