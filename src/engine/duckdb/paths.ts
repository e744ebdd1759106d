/** Paths as the engine reads them: it takes them for patterns, so that what is special in a pattern is put in brackets. */
import { quoteText } from "../../sql/quote.ts";

/**
 * A path as a SQL literal that means this file and no other. A path with both a backslash and a character
 * of patterns cannot be said to the engine at all; `isSayable` tells.
 */
export const quotePath = (path: string): string => quoteText(escapePath(path));

/** `['/a/x.csv', '/a/y.csv']` */
export const quotePaths = (paths: readonly string[]): string => `[${paths.map(quotePath).join(", ")}]`;

/** The pattern that matches exactly this path. */
export const escapePath = (path: string): string => path.replaceAll(/[*?[]/g, "[$&]");

/** Whether the engine can be told of this path. */
export const isSayable = (path: string): boolean => !(path.includes("\\") && /[*?[]/.test(path));
