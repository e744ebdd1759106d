/**
 * What the engine wrote as JSON. Numbers that it writes and JSON does not have are read as null. Inside a
 * string the quotes are escaped, so the pattern cannot match there.
 */
export const readEngineJson = (text: string): unknown => JSON.parse(text.replace(beyondJson, "$1null"));

const beyondJson = /("value":)-?(?:Infinity|NaN)/g;
