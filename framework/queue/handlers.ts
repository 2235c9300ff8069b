import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { paths } from "../config/config";
import { parseDuration } from "../config/duration";
import { LajuError } from "../config/errors";
import { handlerHint, unknownOptionHint } from "../metadata/source/handlerHints";
import {
  handlerOptions,
  isHandlerOption,
  isMistakenOption,
  optionProblem,
} from "../metadata/source/handlerOptions";
import { errorMessage } from "../text/errorText";
import { isError } from "../text/isError";
import type { JobContext, JobDefinition } from "./job";
import { jobNames } from "./jobFiles";

/** A job's handler with its durations in milliseconds. */
export interface Handler {
  /** The number of attempts that the handler declares; null if it declares none (see attemptsFor). */
  attempts: number | null;
  backoffMs: number;
  timeoutMs: number | null;
  concurrency: number | null;
  run(context: JobContext): unknown;
}

export type Handlers = ReadonlyMap<string, Handler>;

export interface LoadedHandlers {
  handlers: Handlers;
  /** The errors of the handlers that can't be used, by name. */
  problems: ReadonlyMap<string, Error>;
}

/** What a file in app/jobs exports. */
export interface HandlerModule {
  default?: unknown;
  run?: unknown;
  [name: string]: unknown;
}

type Modules = Record<string, () => Promise<HandlerModule>>;

/** The folder of the jobs' sources, app/jobs. */
export const jobsFolder = join(paths.app, "jobs");

let importModule = (url: string): Promise<HandlerModule> => import(url);

/**
 * Replaces the `import` that loads sources in app/jobs. A test runner passes its own, which compiles TypeScript and
 * applies mocks.
 */
export function importJobsWith(importer: typeof importModule): void {
  importModule = importer;
}

/** All handlers: those that the build bundled into this program, or else those in app/jobs. */
export async function loadHandlers(): Promise<LoadedHandlers> {
  if (typeof LAJU_BUILT === "undefined") return handlersOf(sourcesIn(jobsFolder));
  const { modules } = await import("laju-jobs:");
  return handlersOf(modules);
}

function sourcesIn(folder: string): Modules {
  const load = (name: string) => () => importModule(pathToFileURL(join(folder, `${name}.ts`)).href);
  return Object.fromEntries(jobNames(folder).map((name) => [name, load(name)]));
}

/** Loads each handler separately, so that one that fails to load does not keep the others from running. */
export async function handlersOf(modules: Modules): Promise<LoadedHandlers> {
  const loading = Object.entries(modules).map(async ([name, load]) => ({
    name,
    result: await loadOne(name, load),
  }));
  const handlers = new Map<string, Handler>();
  const problems = new Map<string, Error>();
  // Use the modules' order, not the order in which they were loaded, because the worker's log lists the handlers.
  for (const { name, result } of await Promise.all(loading)) {
    if (isError(result)) problems.set(name, result);
    else handlers.set(name, result);
  }
  return { handlers, problems };
}

async function loadOne(name: string, load: () => Promise<HandlerModule>): Promise<Handler | Error> {
  try {
    return handlerOf(name, await load());
  } catch (error) {
    return isError(error) ? error : wrong(name, `threw ${errorMessage(error)}`);
  }
}

/** The handler declared by `export default job(…)`, `export default { run }` or a plain `export function run`. */
export function handlerOf(name: string, module: HandlerModule): Handler {
  if (module.default === undefined) return plain(name, module);
  const beside = ["run", ...handlerOptions].find((one) => isBeside(module, one));
  if (beside !== undefined) {
    throw wrong(
      name,
      `exports ${beside} in addition to its default export`,
      "Move it into the default export.",
    );
  }
  const declared = module.default;
  if (!isDefinition(declared)) throw wrong(name, "exports no handler", handlerHint(name));
  refuseUnknown(name, declared);
  if (declared.name !== undefined && declared.name !== name) {
    const hint = `Write job("${name}", { … }).`;
    throw wrong(
      name,
      `declares the job ${JSON.stringify(declared.name)}, which is not the file's name`,
      hint,
    );
  }
  const isDeclared = typeof declared.push === "function";
  return checked(name, declared, isDeclared ? (context) => declared.run(context) : withApp(declared));
}

type Definition = JobDefinition<unknown, unknown> & { name?: unknown; push?: unknown };

function isDefinition(value: unknown): value is Definition {
  return typeof value === "object" && value !== null && "run" in value && typeof value.run === "function";
}

/**
 * Whether this export is a second handler besides the default export. In
 * `export const run = …; export default { run };`, both are the same handler.
 */
function isBeside(module: HandlerModule, name: string): boolean {
  if (module[name] === undefined) return false;
  return (module.default as HandlerModule | null)?.[name] !== module[name];
}

function plain(name: string, module: HandlerModule): Handler {
  if (typeof module.run !== "function") throw wrong(name, "exports no handler", handlerHint(name));
  const mistaken = Object.keys(module).find((key) => isMistakenOption(key) && isPlainValue(module[key]));
  if (mistaken !== undefined) refuseOption(name, mistaken);
  return checked(name, module, withApp(module as unknown as Definition));
}

/** Runs a plain `run` as QuickDapp does, with the services in `app`. */
function withApp(definition: Definition): Handler["run"] {
  return async (context) => {
    const { services } = await import("./services");
    const { job, log, signal, progress, data } = context;
    const params = { app: services, job, log, signal, progress, data };
    return definition.run(params);
  };
}

function refuseUnknown(name: string, declared: object): void {
  const known = ["name", "run", "push", "pushMany"];
  const unknown = Object.keys(declared).find((key) => !known.includes(key) && !isHandlerOption(key));
  if (unknown !== undefined) refuseOption(name, unknown);
}

function refuseOption(name: string, option: string): never {
  throw wrong(name, `declares ${option}, which is not an option of a job`, unknownOptionHint(option));
}

/** Whether an unknown export may be a misspelled option. Exported functions and objects may have any name. */
function isPlainValue(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string";
}

function checked(name: string, declared: object, run: Handler["run"]): Handler {
  const options = declared as JobDefinition<unknown, unknown>;
  // Reject generator functions, because calling one would not run its body.
  if (/Generator/.test(Object.prototype.toString.call(options.run))) {
    throw wrong(name, "declares run as a generator function", "Write async run() { … }, without the *.");
  }
  for (const option of handlerOptions) {
    const problem = optionProblem(option, options[option]);
    if (problem !== undefined) throw wrong(name, ...problem);
  }
  const { attempts = null, backoff = "10s", timeout, concurrency = null } = options;
  const timeoutMs = timeout === undefined ? null : parseDuration(timeout);
  return { attempts, backoffMs: parseDuration(backoff), timeoutMs, concurrency, run };
}

function wrong(name: string, what: string, hint?: string): LajuError {
  return new LajuError(`app/jobs/${name}.ts ${what}`, { code: "E_JOB_HANDLER", hint });
}
