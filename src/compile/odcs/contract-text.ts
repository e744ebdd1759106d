import { stringify } from "yaml";
import type { OdcsObject } from "./column-property.ts";

/** A document of ODCS as YAML, which readers of YAML 1.1 understand in the same way. */
export const contractText = (document: OdcsObject): string =>
  stringify(document, { compat: "yaml-1.1", lineWidth: 100, aliasDuplicateObjects: false });
