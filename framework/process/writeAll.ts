import { writeSync } from "node:fs";
import { noteLostOutput } from "./lostOutput";
import { withoutSecrets } from "./secrets";
import { sleepSync } from "./sleep";
import { outputDescriptor } from "./standardOutput";

/**
 * Writes every byte before it returns. A pipe may take part of a line, or be full and non-blocking (EAGAIN).
 * Never throws: a full disk, or a reader that went away, is no reason for a command to fail. What could not be
 * written is counted, and the error returned.
 */
export function writeAll(stream: 1 | 2, text: string): NodeJS.ErrnoException | undefined {
  return writeAllBytes(stream, Buffer.from(withoutSecrets(text)));
}

/** The same for bytes, which are written as they are. */
export function writeAllBytes(stream: 1 | 2, bytes: Uint8Array): NodeJS.ErrnoException | undefined {
  const fd = outputDescriptor(stream);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (error.code !== "EAGAIN") {
        noteLostOutput(bytes.subarray(written), error);
        return error;
      }
      sleepSync(1);
    }
  }
  return undefined;
}
