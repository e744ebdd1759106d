/**
 * The first step of every npm script: node_modules as package-lock.json says, then the script under the
 * project's own Node. Plain JavaScript, because it runs under whatever Node the machine has (20 or later).
 *
 *     node scripts/setup.mjs scripts/test.ts --slow
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process, { argv, env, execPath, exit, platform, stderr } from "node:process";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const projectNode = join(root, "node_modules", "node", "bin", platform === "win32" ? "node.exe" : "node");

/** The packages that a lockfile lists, by their place below node_modules. */
function packagesOf(lockfile) {
  const { packages } = JSON.parse(readFileSync(lockfile, "utf8"));
  return Object.entries(packages).filter(([place]) => place !== "");
}

/** Whether what npm wrote down as installed is what package-lock.json asks for. Other platforms' packages may be missing. */
function isInstalled() {
  const receipt = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(receipt) || !existsSync(projectNode)) return false;
  const installed = new Map(packagesOf(receipt).map(([place, entry]) => [place, entry.version]));
  return packagesOf(join(root, "package-lock.json")).every(([place, entry]) => {
    const version = installed.get(place);
    return version === entry.version || (version === undefined && entry.optional === true);
  });
}

function install() {
  stderr.write("Installing what package-lock.json lists (npm ci)\n");
  const npm = env.npm_execpath;
  const command = npm?.endsWith("npm-cli.js") ? [execPath, npm] : [platform === "win32" ? "npm.cmd" : "npm"];
  const [program, ...rest] = [...command, "ci", "--no-audit", "--no-fund"];
  const { status, error } = spawnSync(program, rest, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    stderr.write(`npm ci failed${error ? `: ${error.message}` : ` with exit code ${status}`}\n`);
    exit(1);
  }
  if (!existsSync(projectNode)) {
    stderr.write(
      `npm ci left no Node at "${projectNode}": the package "node" needs its install script. Do not use --ignore-scripts.\n`,
    );
    exit(1);
  }
}

if (!isInstalled()) install();

const [script, ...rest] = argv.slice(2);
if (script) {
  const path = env.PATH ? `${bin}${delimiter}${env.PATH}` : bin;
  const child = spawn(projectNode, [join(root, script), ...rest], {
    cwd: root,
    stdio: "inherit",
    env: { ...env, PATH: path },
  });
  // A terminal sends Ctrl-C to both processes: the child decides what it means.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => exit(code ?? 128 + constants.signals[signal]));
}
