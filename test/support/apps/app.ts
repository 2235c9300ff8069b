import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inject } from "vitest";

/** What a program printed, and its exit status. */
export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** An app of a test in a temporary folder, with laju's own code and the given commands. */
export interface TestApp {
  root: string;
  /** Writes a file, given by its path from the root. */
  write(path: string, text: string): void;
  read(path: string): string;
  /** Runs `node laju …` in the root. */
  laju(...args: string[]): Promise<Ended>;
  /** Runs a program in the root; by default this Node. */
  run(args: string[], options?: RunOptions): Promise<Ended>;
  /** Copies this app, including its build. */
  copy(): TestApp;
  remove(): void;
}

export interface RunOptions {
  program?: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

export interface AppOptions {
  /** The name of the app's folder. */
  name?: string;
  fromSources?: boolean;
}

/**
 * Creates an app. `files` are its commands and other files, by path from the root. Its laju is compiled already, as
 * after a build without commands. With `fromSources` it isn't, and the app's first build compiles it.
 */
export function makeApp(
  files: Record<string, string> = {},
  { name = "app", fromSources = false }: AppOptions = {},
): TestApp {
  const app = copyOf(inject("template"), name);
  const made = fromSources ? ["cli", "commands.json", "laju.js", "cache.json", "sources"] : [];
  for (const path of made) rmSync(join(app.root, "build", path), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    const isLajus = existsSync(join(app.root, path));
    app.write(path, text);
    if (!isLajus) asOldAsTheBuild(app.root, path);
  }
  return app;
}

/**
 * Removes the folder. Repeats that if necessary, because a process that the test left running, such as a notification
 * sender, may still write files.
 */
function removeFolder(folder: string, tries = 20): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    if (tries === 0 || error.code !== "ENOTEMPTY") throw error;
    // rmSync's own retries don't help, because they don't delete files added in the meantime.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    removeFolder(folder, tries - 1);
  }
}

/** A copy of this app in a new temporary folder. */
function copyOf(original: string, name: string): TestApp {
  const folder = mkdtempSync(join(tmpdir(), "laju-test-"));
  const root = join(folder, name);
  copyFolder(original, root);
  const run = (args: string[], { program = process.execPath, cwd = root, env = {} }: RunOptions = {}) =>
    endOf(program, args, cwd, { ...plainEnvironment(), ...env });
  return {
    root,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    laju: (...args) => run(["laju", ...args]),
    run,
    copy: () => copyOf(root, name),
    remove: () => removeFolder(folder),
  };
}

/** Copies a folder with all modification times, by which laju.js decides whether the compiled laju is up to date. */
function copyFolder(from: string, to: string): void {
  const copied = spawnSync("cp", ["-pR", from, to], { encoding: "utf8" });
  if (copied.status !== 0) throw new Error(`cp: ${copied.error?.message ?? copied.stderr}`);
}

/**
 * Sets an old modification time: the compiled laju doesn't contain the app's own files, so they must not make it look
 * outdated.
 */
function asOldAsTheBuild(root: string, path: string): void {
  const { mtime } = statSync(join(inject("template"), "build", "commands.json"));
  for (let at = path; at !== "."; at = dirname(at)) utimesSync(join(root, at), mtime, mtime);
}

/** The environment without the settings of the test runner (NODE_ENV=test, colors). */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, LANG: "C.UTF-8", TZ: "UTC" };
}

function endOf(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // Kill a program that hangs before the test times out, so that it isn't left running.
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 50_000,
      killSignal: "SIGKILL",
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      output.stderr += text;
    });
    child.on("error", reject);
    child.on("close", (status, signal) => resolve({ status, signal, ...output }));
  });
}
