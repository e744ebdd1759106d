import { type Diagnostic, SluiceError } from "../errors.ts";

/** The project does not compile; carries everything that is wrong with it. */
export class ProjectInvalid extends SluiceError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error").length;
    super("project-invalid", `the project has ${errors} ${errors === 1 ? "error" : "errors"}`);
    this.diagnostics = diagnostics;
  }
}
