import { expect, test } from "vitest";
import { type Diagnostic, SluiceError } from "../errors.ts";
import { errorDocument, renderError } from "./render-error.ts";
import { plainStyle } from "./shell.ts";
import { explainSystemError } from "./system-error.ts";

const view = {
  style: plainStyle,
  width: 60,
  debug: false,
  render: (diagnostic: Diagnostic) => Promise.resolve(`${diagnostic.path}: ${diagnostic.message}`),
};
const text = async (error: unknown, more: Partial<typeof view> = {}) =>
  (await renderError(error, { ...view, ...more })).join("\n");

test("an error says what happened, the details and the way out", async () => {
  const error = new SluiceError(
    "environment-busy",
    'Environment "dev" is in use by process 12 of "ada" since 10:00',
    {
      hint: "Wait for it, or stop it.",
      details: ["run r1"],
    },
  );
  expect(await text(error)).toBe(`\
error: Environment "dev" is in use by process 12 of "ada"
       since 10:00
  run r1
hint: Wait for it, or stop it.`);
  expect(errorDocument(error)).toEqual({
    error: {
      code: "environment-busy",
      message: 'Environment "dev" is in use by process 12 of "ada" since 10:00',
      hint: "Wait for it, or stop it.",
      details: ["run r1"],
    },
  });
});

test("a project that does not compile is told by its diagnostics and their number", async () => {
  const diagnostics: Diagnostic[] = [
    {
      code: "unknown-column",
      severity: "error",
      message: 'no column "bdy"',
      path: "models/a/b.sql",
      line: 1,
    },
    { code: "unknown-setting", severity: "warning", message: 'no setting "onwer"', path: "models/a/c.sql" },
  ];
  const error = Object.assign(new SluiceError("project-invalid", "The project has 1 error"), { diagnostics });
  expect(await text(error)).toBe(`\
models/a/b.sql: no column "bdy"

models/a/c.sql: no setting "onwer"

1 error and 1 warning`);
  expect(errorDocument(error).error.diagnostics).toEqual(diagnostics);
});

test("control characters of a message are shown, never obeyed", async () => {
  expect(await text(new SluiceError("bad-query", "no \u001b[31mcolumn"))).toBe("error: no \\u001b[31mcolumn");
});

test("anything else is a bug, with a stack only when asked for", async () => {
  const bug = new TypeError("x is not a function");
  expect(await text(bug)).toContain("This is a bug in Sluice");
  expect(await text(bug)).not.toContain("    at ");
  expect(await text(bug, { debug: true })).toContain("    at ");
  expect(errorDocument(bug).error.code).toBe("bug");
});

test("what the system refuses is no bug", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device"), {
    code: "ENOSPC",
    path: "/data/x",
  });
  expect(explainSystemError(full)).toMatchObject({
    code: "disk-full",
    message: '"/data/x" does not fit: the disk is full',
  });
  const locked = Object.assign(new Error("EROFS"), { code: "EROFS", path: "/data" });
  expect(explainSystemError(locked)).toMatchObject({ code: "disk-read-only" });
});
