import type { Sink } from "./sink.ts";

/** A sink that leads nowhere, because where it should lead cannot be understood: everything is lost, and told. */
export function lostSink(to: string, problem: string): Sink {
  let lost = 0;
  return {
    send: () => {
      lost += 1;
    },
    close: () => Promise.resolve({ delivered: 0, lost, to, problem }),
  };
}
