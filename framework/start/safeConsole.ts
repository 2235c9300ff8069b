import { format } from "node:util";
import { isOutputReplaced, writeAll, writeAllBytes } from "../process/output";
import { notePrintedError } from "../services/log/firstError";
import { printableWithColours } from "../text/printable";

type StandardStream = "stdout" | "stderr";

/**
 * Makes console.log and its family, and direct writes to process.stdout, keep every line whatever ends the
 * process. Node queues what a full pipe does not take and drops the queue at process.exit (measured:
 * 2,945 of 50,001 lines kept); a synchronous write keeps them all, and is quicker to start besides,
 * because process.stdout with its stream classes is never made.
 *
 * With `isGated`, for laju's own verbs, nothing on its way to a terminal acts there: what they print has names, errors
 * and descriptions in it that others wrote. What a command prints is its own affair.
 */
export function keepConsoleLines({ isGated = false }: { isGated?: boolean } = {}): void {
  let indent = "";
  const writer =
    (fd: 1 | 2) =>
    (...values: unknown[]) => {
      const formatted = format(...values);
      const text = isGated && isTerminal(fd) ? printableWithColours(formatted) : formatted;
      const error = writeAll(fd, `${indent}${indent ? text.replaceAll("\n", `\n${indent}`) : text}\n`);
      // What a verb prints is its work.
      if (isGated && error !== undefined && error.code !== "EPIPE") throw error;
    };
  const toStdout = writer(1);
  const toStderr = writer(2);
  const toError = (...values: unknown[]) => {
    if (!isGated) notePrintedError(() => format(...values));
    toStderr(...values);
  };
  Object.assign(console, { log: toStdout, info: toStdout, debug: toStdout, warn: toStderr, error: toError });
  console.group = (...label: unknown[]) => {
    if (label.length > 0) toStdout(...label);
    indent += "  ";
  };
  console.groupCollapsed = console.group;
  console.groupEnd = () => {
    indent = indent.slice(2);
  };
  blockWhenTouched("stdout", isGated);
  blockWhenTouched("stderr", isGated);
}

/** Loading node:tty costs 3 ms, which a command has no need to spend. */
function isTerminal(fd: 1 | 2): boolean {
  return process.getBuiltinModule("node:tty").isatty(fd);
}

/** process.stdout is made by a getter at its first use; only then can its pipe be set to blocking writes. */
function blockWhenTouched(name: StandardStream, isGated: boolean): void {
  const original = Object.getOwnPropertyDescriptor(process, name)?.get;
  if (original === undefined) return;
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      const stream = original.call(process);
      stream._handle?.setBlocking?.(true);
      const fd = name === "stdout" ? 1 : 2;
      if (isGated && stream.isTTY) gate(stream);
      if (isOutputReplaced()) stream.write = directWrite(fd);
      else if (!isGated && !stream.isTTY) writeDirectly(stream, fd);
      Object.defineProperty(process, name, { configurable: true, enumerable: true, value: stream });
      return stream;
    },
  });
}

function gate(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === "string" ? printableWithColours(chunk) : chunk, ...rest);
}

/**
 * Node's own stream for a file drops what a full disk does not take of a chunk, and its error ends the process; the one for
 * a pipe whose reader is gone does so too.
 */
function writeDirectly(stream: NodeJS.WriteStream, fd: 1 | 2): void {
  stream._write = (chunk, encoding, done) => {
    writeAllBytes(fd, typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
    done();
  };
  Object.assign(stream, { _writev: null });
}

/** In the shape of stream.Writable's write(). */
function directWrite(fd: 1 | 2) {
  return (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    if (typeof chunk === "string") writeAll(fd, chunk);
    else writeAllBytes(fd, chunk);
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
}
