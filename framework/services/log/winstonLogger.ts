import type { Format } from "logform";
import type { Logger } from "winston";
import { require } from "../../config/require";
import { errorFields, freeName } from "./logValue";

// triple-beam's symbols, which the parts of winston use to exchange data.
const LEVEL = Symbol.for("level");
const MESSAGE = Symbol.for("message");
const SPLAT = Symbol.for("splat");
/**
 * Marks an info (winston's name for a log entry) that is already written, so that it isn't written again when the
 * stream delivers it.
 */
const WRITTEN = Symbol("written");

type Info = Record<string | symbol, unknown>;

/** How lines are formatted and where they are written. */
export interface LogOutput {
  level: string;
  line(level: string, message: unknown, meta: Record<string, unknown>): string;
  write(level: string, line: string): void;
}

/**
 * A winston logger that never loses output. Winston is a stream: one slow transport stalls all of them, and
 * `process.exit()` then discards the backlog. So our own transport writes synchronously inside `write()`, and the
 * stream only feeds other transports.
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
  // Pass entries on unchanged, because write() has already formatted them.
  logger._transform = (info, _encoding, done) => {
    logger.push(info);
    done();
  };
  return logger;
}

/** Passes a line from logInfo and the other functions to winston, as `logger.info(message, meta)` would. */
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

/** The log entry for `logger.error(new Error("…"))`, for which winston uses the error itself as the entry. */
function errorInfo(error: Error & Info): Info {
  const { error: message, ...fields } = errorFields(error);
  return { ...error, ...fields, message };
}

function outputTransport({ line, write }: LogOutput) {
  // Take the class from winston, because in a build, importing winston-transport would yield a different class.
  const { Transport } = require("winston") as { Transport: typeof import("winston-transport") };

  class Output extends Transport {
    #isDirect = false;

    /** Applies winston's filters (this transport's level, silent and format) and log() synchronously. */
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
