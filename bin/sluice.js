#!/usr/bin/env node
// Plain JavaScript on purpose: it must start, and say what is wrong, on any Node that a machine has.
// On the Node that it needs it imports nothing: modules made of built-in ones cost milliseconds of every start.

const needed = [24, 15];

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
}

/** The Node that the package "node" brought into a project, looked for from a directory upwards. */
async function localNode(directory) {
  const [{ existsSync }, { dirname, join }] = await Promise.all([import("node:fs"), import("node:path")]);
  const file = process.platform === "win32" ? "node.exe" : "node";
  const candidate = join(directory, "node_modules", "node", "bin", file);
  if (existsSync(candidate)) return candidate;
  const parent = dirname(directory);
  return parent === directory ? undefined : localNode(parent);
}

/** The path of this file. */
const here = async () => (await import("node:url")).fileURLToPath(import.meta.url);

/** Become another Node: same arguments, same terminal, same signals, same end. */
async function become(node) {
  const [{ spawn }, { constants }] = await Promise.all([import("node:child_process"), import("node:os")]);
  const child = spawn(node, [await here(), ...process.argv.slice(2)], {
    stdio: "inherit",
    // Looked for once: a local Node that is too old as well must not start itself forever.
    env: { ...process.env, SLUICE_LAUNCHED: "1" },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // A terminal sends Ctrl-C to both of us already; passed on, it would count twice.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY) || child.kill(signal));
  }
  child.on("error", (error) => {
    process.stderr.write(`error: "${node}" cannot be started: ${error.message}\n`);
    process.exit(78);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

if (isNewEnough(process.versions.node)) {
  process.getBuiltinModule("module").enableCompileCache();
  const built = new URL("../dist/cli/main.js", import.meta.url);
  const isBuilt = process.getBuiltinModule("fs").existsSync(built);
  const { main } = await import(isBuilt ? built : new URL("../src/cli/main.ts", import.meta.url));
  await main();
} else {
  const node = process.env.SLUICE_LAUNCHED
    ? undefined
    : ((await localNode(process.cwd())) ?? (await localNode(await here())));
  if (node) await become(node);
  else {
    process.stderr.write(
      `error: Sluice needs Node ${needed.join(".")} or newer, and this is ${process.versions.node}. Install it, or add it to the project: npm install --save-dev node@24\n`,
    );
    process.exitCode = 78;
  }
}
