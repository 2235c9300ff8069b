import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LajuError } from "../errors";
import { parseDuration } from "../schedule/duration";
import type { JobContext, JobDefinition } from "./job";
import { jobNames } from "./jobFiles";

/** A job's handler with its durations in milliseconds. */
export interface Handler {
  /** Null where the handler doesn't say: see attempts.ts. */
  attempts: number | null;
  backoffMs: number;
  timeoutMs: number | null;
  concurrency: number | null;
  run(context: JobContext): unknown;
}

export type Handlers = ReadonlyMap<string, Handler>;

/** app/jobs: the sources in development. */
export const jobsFolder = join(import.meta.dirname, "..", "jobs");

/** Every handler there is: those that the build put into this program, else those of app/jobs. */
export async function loadHandlers(): Promise<Handlers> {
  if (typeof LAJU_BUILT === "undefined") return readHandlers(jobsFolder);
  const { modules } = await import("laju-jobs:");
  return new Map(Object.entries(modules).map(([name, module]) => [name, handlerOf(name, module)]));
}

/** Loads every handler in a folder. A file that cannot be loaded is an error that names it. */
export async function readHandlers(folder: string): Promise<Handlers> {
  const loaded = jobNames(folder).map(async (name) => {
    const module = await import(pathToFileURL(join(folder, `${name}.ts`)).href);
    return [name, handlerOf(name, module)] as const;
  });
  return new Map(await Promise.all(loaded));
}

export interface HandlerModule {
  default?: JobDefinition<unknown, unknown> & { name?: string };
  run?(context: JobContext & { app: unknown }): unknown;
}

/** A declared handler, or a plain `export function run({ app, log, job })`. */
export function handlerOf(name: string, module: HandlerModule): Handler {
  const declared = module.default;
  if (typeof declared?.run === "function") {
    if (declared.name === name) return checked(name, declared);
    throw wrong(name, `declares the job ${JSON.stringify(declared.name)}`, `Write job("${name}", { … }).`);
  }
  const { run } = module;
  if (typeof run !== "function") {
    throw wrong(name, "exports no handler", `export default job("${name}", { async run({ data }) { … } }).`);
  }
  return checked(name, {
    run: async (context) => {
      const { services } = await import("./services");
      const { job, log, signal, progress, data } = context;
      return run({ app: services, job, log, signal, progress, data });
    },
  });
}

function checked(name: string, definition: JobDefinition<unknown, unknown>): Handler {
  const { attempts, backoff = "10s", timeout, concurrency } = definition;
  const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;
  if (attempts !== undefined && !isCount(attempts))
    throw wrong(name, `has attempts ${attempts}`, "It is a whole number from 1 up.");
  if (concurrency !== undefined && !isCount(concurrency)) {
    throw wrong(name, `has concurrency ${concurrency}`, "It is a whole number from 1 up.");
  }
  return {
    attempts: attempts ?? null,
    backoffMs: parseDuration(backoff),
    timeoutMs: timeout === undefined ? null : parseDuration(timeout),
    concurrency: concurrency ?? null,
    run: (context) => definition.run(context),
  };
}

function wrong(name: string, what: string, hint: string): LajuError {
  return new LajuError(`app/jobs/${name}.ts ${what}`, { code: "E_JOB_HANDLER", hint });
}
