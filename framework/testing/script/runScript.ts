import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { deserialize } from "node:v8";
import { commandNames } from "../../catalog/commandSources";
import { commandTimeout, environmentWith, paths } from "../../config/config";
import { parseDuration } from "../../config/duration";
import { LajuError } from "../../config/errors";
import { readText } from "../../config/readText";
import { readSource } from "../../metadata/source/readSource";
import { signalNumbers } from "../../runs/supervision/atExit";
import { nearest } from "../../text/similar";
import { type Capture, capturedBy, capturing, newCapture, noteOutput } from "../captured/captured";
import type { CaughtMail } from "../captured/caughtMail";
import { tsx } from "../database/migrate";
import type { TestRun } from "../testRun";
import { answerFetch, type FetchAsked } from "./bridge";

/** Options for runScript. */
export interface RunScript {
  /** A time limit instead of the script's own, such as "50ms"; false for no limit. */
  timeout?: string | false;
  signal?: AbortSignal;
  /** Aborted when the test has ended, which kills the script. */
  abandoned: AbortSignal;
}

const preload = join(import.meta.dirname, `preload.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`);
const timedOutStatus = 124;
const longestTimerMs = 2 ** 31 - 1;

/**
 * Runs a command in a separate process, as `npx tsx commands/X.ts` does, because a script does its work when it is
 * loaded and can exit the process. It uses this test's database, clock and fetch, and the test captures its mails.
 */
export async function runScript(name: string, argv: readonly string[], given: RunScript): Promise<TestRun> {
  const file = fileOf(name);
  const folder = join(paths.data, `script-${Math.random().toString(36).slice(2)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const capture = newCapture();
  const { timeout = ownTimeout(file), signal, abandoned } = given;
  try {
    const child = start(file, argv, folder);
    const limits = { timeout, abandoned, ...(signal && { signal }) };
    const ended = await capturing(capture, () => endOf(child, capture, limits));
    if (ended.isTimedOut) noteOutput(capture, 2, `${nameOf(file)} ${timedOut(timeout)}\n`);
    capture.mails = mailsIn(folder);
    const error = ended.isTimedOut
      ? new Error(`${nameOf(file)} ${timedOut(timeout)}`)
      : errorOf(ended, capture);
    return { ...ended, error, ...capturedBy(capture) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(file: string, argv: readonly string[], folder: string): ChildProcess {
  const program = process.execPath;
  const words = ["--import", tsx(), "--import", preload, file, ...argv];
  return spawn(program, words, {
    cwd: paths.root,
    env: environmentWith({ LAJU_TEST_SCRIPT: folder, LAJU_TEST_CLOCK: String(Date.now()) }),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
  });
}

type Ended = Pick<TestRun, "exitStatus" | "isTimedOut">;

function endOf(
  child: ChildProcess,
  capture: Capture,
  { timeout, signal, abandoned }: RunScript,
): Promise<Ended> {
  let isTimedOut = false;
  const limit = timeout ? parseDuration(timeout) : Number.POSITIVE_INFINITY;
  const end = () => {
    isTimedOut = true;
    child.kill("SIGKILL");
  };
  const timer = limit > longestTimerMs ? undefined : setTimeout(end, limit);
  const terminate = () => child.kill("SIGTERM");
  if (signal?.aborted) terminate();
  signal?.addEventListener("abort", terminate);
  abandoned.addEventListener("abort", () => child.kill("SIGKILL"));
  child.stdout?.setEncoding("utf8").on("data", (text) => noteOutput(capture, 1, text));
  child.stderr?.setEncoding("utf8").on("data", (text) => noteOutput(capture, 2, text));
  child.on("message", (asked) => answerFetch(child, asked as FetchAsked));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, ended) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", terminate);
      const status = code ?? 128 + (signalNumbers[ended as keyof typeof signalNumbers] ?? 9);
      resolve({ exitStatus: isTimedOut ? timedOutStatus : status, isTimedOut });
    });
  });
}

function mailsIn(folder: string): CaughtMail[] {
  const files = readdirSync(folder).sort((one, other) => Number(one) - Number(other));
  return files.map((file) => deserialize(readFileSync(join(folder, file))));
}

/** The time limit in the script's source, or else COMMAND_TIMEOUT, as in real runs. */
function ownTimeout(file: string): string | false | undefined {
  const facts = readSource(readText(file), relative(paths.root, file), nameOf(file));
  return facts?.meta.timeout ?? commandTimeout()?.text;
}

function timedOut(timeout: string | false | undefined): string {
  return `timed out after ${parseDuration(timeout || "0s") / 1000} s`;
}

function nameOf(file: string): string {
  return relative(paths.commands, file).replace(/\.ts$/, "");
}

/** The last error that the script printed, because the error object itself is in another process. */
function errorOf({ exitStatus }: Ended, { logs, stderr }: Capture): Error | undefined {
  if (exitStatus === 0) return undefined;
  const logged = logs.findLast(({ level }) => level === "error");
  const said = logged === undefined ? [stderr.trim().split("\n").at(-1)] : [logged.message, logged.error];
  const text = said.filter((part) => typeof part === "string" && part !== "").join(": ");
  return new Error(text || `exited with status ${exitStatus}`, { cause: logged });
}

function fileOf(typed: string): string {
  const name = typed.replace(/^(\.\/)?commands\//, "").replace(/\.ts$/, "");
  const file = join(paths.commands, `${name}.ts`);
  if (existsSync(file)) return file;
  const names = commandNames();
  const [near] = nearest(name, names, 1);
  const some = names.slice(0, 8).join(", ");
  throw new LajuError(`there is no command ${name}: ${file} does not exist`, {
    code: "E_TEST_COMMAND",
    hint:
      near === undefined
        ? `Pass its path relative to commands/, without .ts: ${some}.`
        : `Did you mean ${near}?`,
  });
}
