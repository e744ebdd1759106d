import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Delivery, Sink } from "./sink.ts";

/**
 * A file with one JSON document per line, appended to. Each line is written in one piece at the file's end, so
 * that runs at the same time do not mix theirs.
 */
export function fileSink(path: string): Sink {
  let delivered = 0;
  let lost = 0;
  let problem: string | undefined;
  let last = Promise.resolve();
  const append = async (line: string): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await using file = await open(path, "a+");
    const { size } = await file.stat();
    // A line that was cut, when the disk was full or a process died, must not spoil the next one.
    const end = Buffer.alloc(1);
    if (size > 0) await file.read(end, 0, 1, size - 1);
    const text = Buffer.from(size > 0 && end[0] !== newline ? `\n${line}` : line);
    const { bytesWritten } = await file.write(text);
    if (bytesWritten < text.length) throw new Error("there is no space left on the disk");
  };
  return {
    send: (document) => {
      const line = `${JSON.stringify(document)}\n`;
      last = last.then(async () => {
        try {
          await append(line);
          delivered += 1;
        } catch (error) {
          lost += 1;
          problem ??= error instanceof Error ? error.message : String(error);
        }
      });
    },
    close: async (): Promise<Delivery> => {
      await last;
      return { delivered, lost, to: path, ...(problem === undefined ? {} : { problem }) };
    },
  };
}

const newline = "\n".charCodeAt(0);
