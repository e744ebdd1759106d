import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A server of S3 of its own, with one empty bucket, that can be stopped at will. Its objects are files. */
export interface S3Server extends AsyncDisposable {
  readonly port: number;
  readonly bucket: string;
  /** The directory in which the bucket's objects lie as files, under their keys. */
  readonly directory: string;
  /** What programs of AWS find in the environment to get at it; through another port of this machine where one is given. */
  environment(port?: number): Readonly<Record<string, string>>;
  /** As by pulling the plug: connections break, nothing is said. */
  crash(): Promise<void>;
  /** Start again after a crash, on the same port. */
  start(): Promise<void>;
  /** Let it go on listening, and answer nothing until it is woken. */
  freeze(): void;
  wake(): void;
}

const installing = "go install github.com/versity/versitygw/cmd/versitygw@v1.8.0";

/** Start a server in a temporary directory on a free port, or say why this machine has none. */
export async function startS3(): Promise<S3Server | { readonly skipped: string }> {
  const program = findProgram();
  if (program === undefined) return { skipped: `versitygw is not installed here (${installing})` };
  const directory = await mkdtemp(join(tmpdir(), "sluice-s3-"));
  const [objects, sidecar] = [join(directory, "objects"), join(directory, "sidecar")];
  const bucket = "sluice-test";
  await mkdir(join(objects, bucket), { recursive: true });
  await mkdir(sidecar);
  const port = await freePort();
  const [access, secret] = ["sluice", randomUUID()];
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const place = ["--quiet", "--port", `127.0.0.1:${port}`, "posix", "--sidecar", sidecar, objects];
    server = spawn(program, place, {
      cwd: directory,
      env: { ...process.env, ROOT_ACCESS_KEY: access, ROOT_SECRET_KEY: secret },
      stdio: "ignore",
    });
    for (let left = 200; !(await isListening(port)); left -= 1) {
      if (left === 0 || server.exitCode !== null) throw new Error(`${program} does not start`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  const crash = async (): Promise<void> => {
    const ending = server;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    port,
    bucket,
    directory: join(objects, bucket),
    environment: (through = port) => ({
      AWS_ACCESS_KEY_ID: access,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${through}`,
      AWS_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
      // Nothing that the user of this machine has set up.
      AWS_CONFIG_FILE: join(directory, "none"),
      AWS_SHARED_CREDENTIALS_FILE: join(directory, "none"),
    }),
    crash,
    start,
    freeze: () => void server?.kill("SIGSTOP"),
    wake: () => void server?.kill("SIGCONT"),
    async [Symbol.asyncDispose]() {
      await crash();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Where the program is: on the path, or where Go lays programs. */
function findProgram(): string | undefined {
  const { PATH = "", GOBIN, GOPATH = join(homedir(), "go") } = process.env;
  const places = [...PATH.split(delimiter), GOBIN ?? "", join(GOPATH, "bin")].filter((place) => place !== "");
  return places.map((place) => join(place, "versitygw")).find((path) => existsSync(path));
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.end());
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
