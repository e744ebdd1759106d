import { connect, createServer, type Server, type Socket } from "node:net";

/** A way to a server on this machine that can be made to fail. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Bytes that went to the server, and that came back. */
  readonly passed: { readonly up: number; readonly down: number };
  /** How many connections were broken. */
  readonly broken: number;
  /** Break the next so many connections, each once that many bytes went in a direction. */
  breakAfter(direction: "up" | "down", bytes: number, times: number): void;
}

/** Start a proxy to a port of this machine. */
export async function startProxy(to: number): Promise<TcpProxy> {
  const passed = { up: 0, down: 0 };
  let order: { readonly direction: "up" | "down"; readonly bytes: number } | undefined;
  let left = 0;
  let broken = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(to, "127.0.0.1");
    const own = { up: 0, down: 0 };
    const end = (): void => {
      client.destroySoon();
      upstream.destroySoon();
    };
    const join = (from: Socket, into: Socket, direction: "up" | "down"): void => {
      sockets.add(from);
      from.on("error", end);
      from.on("close", end);
      from.on("data", (chunk: Buffer) => {
        own[direction] += chunk.length;
        passed[direction] += chunk.length;
        if (left > 0 && order?.direction === direction && own[direction] >= order.bytes) {
          left -= 1;
          broken += 1;
          // What came so far still arrives, or else it would not be known how much that is.
          const rest = Math.max(0, order.bytes - (own[direction] - chunk.length));
          if (direction === "down") client.end(chunk.subarray(0, rest));
          else client.resetAndDestroy();
          upstream.resetAndDestroy();
        } else if (!into.write(chunk)) {
          from.pause();
          into.once("drain", () => from.resume());
        }
      });
    };
    join(client, upstream, "up");
    join(upstream, client, "down");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    passed,
    get broken() {
      return broken;
    },
    breakAfter(direction, bytes, times) {
      order = { direction, bytes };
      left = times;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
