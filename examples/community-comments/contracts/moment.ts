import { t } from "sluice";

/**
 * A moment at which a comment can have been made: not before there were socials, not in a distant future.
 * Both ends are fixed. A limit of "now" would let the same file pass today and fail tomorrow.
 */
export const moment = () => t.timestamp().min("2003-01-01T00:00:00Z").max("2030-12-31T23:59:59Z");
