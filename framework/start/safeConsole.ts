import { format } from "node:util";
import { isOutputReplaced, writeAll, writeAllBytes } from "../process/output";
import { notePrintedError } from "../services/log/firstError";
import { printableWithColors } from "../text/printable";

type StandardStream = "stdout" | "stderr";

/**
 * Makes the console's methods, and direct writes to process.stdout and process.stderr, synchronous, so that no line is
 * lost. When a pipe is full, Node queues output and drops the queue at process.exit (measured: 2,945 of 50,001 lines
 * survived). It also makes starts faster, because process.stdout and its stream classes are never created. With
 * `isEscaped`, control characters are escaped on a terminal. laju's verbs use this, because they print names, errors
 * and descriptions that other people wrote. Commands may print anything.
 */
export function keepConsoleLines({ isEscaped = false }: { isEscaped?: boolean } = {}): void {
  let indent = "";
  const writer =
    (fd: 1 | 2) =>
    (...values: unknown[]) => {
      const formatted = format(...values);
      const text = isEscaped && isTerminal(fd) ? printableWithColors(formatted) : formatted;
      const error = writeAll(fd, `${indent}${indent ? text.replaceAll("\n", `\n${indent}`) : text}\n`);
      // A verb whose output can't be written fails. A command continues.
      if (isEscaped && error !== undefined && error.code !== "EPIPE") throw error;
    };
  const toStdout = writer(1);
  const toStderr = writer(2);
  const toError = (...values: unknown[]) => {
    if (!isEscaped) notePrintedError(() => format(...values));
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
  blockOnFirstUse("stdout", isEscaped);
  blockOnFirstUse("stderr", isEscaped);
}

/** Whether the output is a terminal. Loads node:tty (3 ms) on demand, because commands don't need it. */
function isTerminal(fd: 1 | 2): boolean {
  return process.getBuiltinModule("node:tty").isatty(fd);
}

/** Replaces the getter, because Node creates the stream on first use, and only then can its write() be replaced. */
function blockOnFirstUse(name: StandardStream, isEscaped: boolean): void {
  const original = Object.getOwnPropertyDescriptor(process, name)?.get;
  if (original === undefined) return;
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      const stream = original.call(process);
      stream._handle?.setBlocking?.(true);
      const fd = name === "stdout" ? 1 : 2;
      if (isEscaped && stream.isTTY) escapeWrites(stream);
      if (isOutputReplaced()) stream.write = directWrite(fd);
      else if (!isEscaped && !stream.isTTY) writeDirectly(stream, fd);
      Object.defineProperty(process, name, { configurable: true, enumerable: true, value: stream });
      return stream;
    },
  });
}

function escapeWrites(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === "string" ? printableWithColors(chunk) : chunk, ...rest);
}

/**
 * Makes a stream write synchronously and ignore errors. Node's own stream would drop output, and would crash the
 * process if the disk is full or the reader of a pipe is gone.
 */
function writeDirectly(stream: NodeJS.WriteStream, fd: 1 | 2): void {
  stream._write = (chunk, encoding, done) => {
    writeAllBytes(fd, typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
    done();
  };
  Object.assign(stream, { _writev: null });
}

/** A synchronous write() with the same parameters as that of Node's streams. */
function directWrite(fd: 1 | 2) {
  return (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    if (typeof chunk === "string") writeAll(fd, chunk);
    else writeAllBytes(fd, chunk);
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
}
