import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
    // A line that was cut, when the disk was full or a process died, must not spoil the next one.
    const text = Buffer.from((await endsCut(file)) ? `\n${line}` : line);
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

/** Whether the file ends within a line that nobody is writing: one that is being written grows. */
async function endsCut(file: FileHandle): Promise<boolean> {
  const end = Buffer.alloc(1);
  for (let before = -1; ;) {
    const { size } = await file.stat();
    if (size === 0) return false;
    await file.read(end, 0, 1, size - 1);
    if (end[0] === newline) return false;
    if (size === before) return true;
    before = size;
    await sleep(patience);
  }
}

/** Milliseconds in which a line that is being written goes on. */
const patience = 25;

const newline = "\n".charCodeAt(0);
