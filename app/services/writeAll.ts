import { writeSync } from "node:fs";
import { withoutSecrets } from "./secrets";
import { outputDescriptor } from "./standardOutput";

let sleeper: Int32Array<SharedArrayBuffer> | undefined;

/**
 * Writes every byte before it returns. A pipe may take part of a line, or be full and non-blocking (EAGAIN);
 * a reader that went away (EPIPE, as in `| head`) is no reason for a command to fail.
 */
export function writeAll(stream: 1 | 2, text: string): void {
  const fd = outputDescriptor(stream);
  const bytes = Buffer.from(withoutSecrets(text));
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (error.code === "EPIPE") return;
      if (error.code !== "EAGAIN") throw error;
      sleeper ??= new Int32Array(new SharedArrayBuffer(4));
      Atomics.wait(sleeper, 0, 0, 1);
    }
  }
}
