import { format } from "node:util";
import { divertOutput } from "../../process/output";
import { watchOutbox } from "../../services/mail/outbox";
import { currentCapture, noteOutput } from "./captured";
import { caughtMail } from "./caughtMail";

/** Captures output, mails and calls of process.exit by code under test. Other code's output and exits work as usual. */
export function divertEverything(): void {
  divertOutput(taken);
  divertConsole();
  divertStream(process.stdout, 1);
  divertStream(process.stderr, 2);
  watchOutbox((mail) => currentCapture()?.mails.push(caughtMail(mail)));
  divertExit();
}

function taken(stream: 1 | 2, text: string): boolean {
  const capture = currentCapture();
  if (capture !== undefined) noteOutput(capture, stream, text);
  return capture !== undefined;
}

/** The stream to which each console method writes, as in framework/start/safeConsole.ts. */
const streamOf = { log: 1, info: 1, debug: 1, warn: 2, error: 2 } as const;

function divertConsole(): void {
  for (const [name, stream] of Object.entries(streamOf) as [keyof typeof streamOf, 1 | 2][]) {
    const write = console[name].bind(console);
    console[name] = (...values: unknown[]) => {
      if (!taken(stream, `${format(...values)}\n`)) write(...values);
    };
  }
}

function divertStream(stream: NodeJS.WriteStream, number: 1 | 2): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    if (!taken(number, text)) return write(chunk, ...rest);
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done as () => void);
    return true;
  };
}

/** Thrown by process.exit in a test, so that the code after the call doesn't run. */
export class Exited extends Error {
  constructor(status: number) {
    super(`the code under test called process.exit(${status})`);
    this.name = "Exited";
  }
}

/** Replaces process.exit for code under test, because it would end the whole test run. */
function divertExit(): void {
  const exit = process.exit.bind(process);
  process.exit = (code?: number | string | null) => {
    const capture = currentCapture();
    if (capture === undefined) return exit(code);
    const status = Number(code ?? process.exitCode ?? 0);
    if (!capture.isOver) capture.onExit(status);
    throw new Exited(status);
  };
}
