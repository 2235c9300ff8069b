import type { Format } from "logform";
import type { Logger } from "winston";
import { require } from "../../config/require";
import { errorFields, freeName } from "./logValue";

// triple-beam's symbols, which winston's parts know each other by.
const LEVEL = Symbol.for("level");
const MESSAGE = Symbol.for("message");
const SPLAT = Symbol.for("splat");
/** On what stands in the output already, so that it isn't written a second time when the stream brings it. */
const WRITTEN = Symbol("written");

type Info = Record<string | symbol, unknown>;

/** What a winston logger needs of ours: how a line looks, and where it goes. */
export interface LogOutput {
  level: string;
  line(level: string, message: unknown, meta: Record<string, unknown>): string;
  write(level: string, line: string): void;
}

/**
 * A winston logger whose output cannot be lost. Winston is a stream: one transport that can't keep up stalls all
 * of them, and `process.exit()` then takes what is waiting. So our own transport is served at once, inside
 * `write()`, and the stream feeds only the others.
 */
export function createWinstonLogger(output: LogOutput): Logger {
  const { createLogger } = require("winston") as typeof import("winston");
  const transport = outputTransport(output);
  const logger = createLogger({ level: output.level, format: ownFormat(output), transports: [transport] });
  const stream = logger.write.bind(logger) as (info: Info) => boolean;

  logger.write = ((info: Info) => {
    if (logger.silent) return true;
    info[LEVEL] ??= info.level;
    const formatted = logger.format.transform(info as never, logger.format.options) as Info | boolean;
    if (typeof formatted !== "object") return true;
    const isOurs = logger.transports.includes(transport);
    if (isOurs) transport.accept(formatted);
    return isOurs && logger.transports.length === 1 ? true : stream(formatted);
  }) as typeof logger.write;
  // write() has applied the format already.
  logger._transform = (info, _encoding, done) => {
    logger.push(info);
    done();
  };
  return logger;
}

/** A line of logInfo and its family, given to winston as if it had come from `logger.info(message, meta)`. */
export function logThrough(
  logger: Logger,
  level: string,
  message: unknown,
  meta: Record<string, unknown>,
): void {
  const own = { level, message };
  const info: Info = { ...logger.defaultMeta };
  for (const [key, value] of Object.entries(meta)) info[freeName(key, own, meta)] = value;
  logger.write(Object.assign(info, own, { [LEVEL]: level, [SPLAT]: [meta] }));
}

function ownFormat({ line }: LogOutput): Format {
  return {
    transform(info) {
      const { level, message, ...meta } =
        info instanceof Error ? errorInfo(info as Error & Info) : (info as Info);
      info[MESSAGE] = line(String(info[LEVEL] ?? level), message, meta);
      return info;
    },
  };
}

/** `logger.error(new Error("…"))` makes the error itself the info. */
function errorInfo(error: Error & Info): Info {
  const { error: message, ...fields } = errorFields(error);
  return { ...error, ...fields, message };
}

function outputTransport({ line, write }: LogOutput) {
  // Winston's own, not the package again: in the build that would be another class.
  const { Transport } = require("winston") as { Transport: typeof import("winston-transport") };

  class Output extends Transport {
    #isDirect = false;

    /** Winston's own filters (level, silent, format of this transport), then log(), all before it returns. */
    accept(info: Info): void {
      this.#isDirect = true;
      try {
        this._write(info, "utf8", () => {});
      } finally {
        this.#isDirect = false;
        info[WRITTEN] = true;
      }
    }

    override log(info: Info, done: () => void): void {
      if (this.#isDirect || !info[WRITTEN]) {
        const { level, message, ...meta } = info;
        const text = info[MESSAGE] ?? line(String(info[LEVEL]), message, meta);
        write(String(info[LEVEL] ?? level), String(text));
      }
      done();
    }
  }
  return new Output();
}
