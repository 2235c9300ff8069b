import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inject } from "vitest";

const project = join(import.meta.dirname, "..", "..");
const parts = [
  "app",
  "commands/native",
  "commands/index.ts",
  "scripts/build",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "laju.js",
];

/** What a program printed and how it ended. */
export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** An app of its own in a temporary folder, with laju's own code and the given commands. */
export interface TestApp {
  root: string;
  /** Writes a file below the root. */
  write(path: string, text: string): void;
  read(path: string): string;
  /** `node laju …` in the root. */
  laju(...args: string[]): Promise<Ended>;
  /** Any program: by default this very node. */
  run(args: string[], options?: RunOptions): Promise<Ended>;
  remove(): void;
}

export interface RunOptions {
  program?: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Makes an app; `files` are its commands and whatever else it holds, by path from the root. */
export function makeApp(files: Record<string, string> = {}, name = "app"): TestApp {
  const folder = mkdtempSync(join(tmpdir(), "laju-test-"));
  const root = join(folder, name);
  for (const part of parts) cpSync(join(project, part), join(root, part), { recursive: true });
  mkdirSync(join(root, "commands"), { recursive: true });
  symlinkSync(join(project, "node_modules"), join(root, "node_modules"));
  for (const part of ["vendor", "shared"]) {
    cpSync(join(inject("built"), part), join(root, "build", part), { recursive: true });
  }
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const run = (args: string[], { program = process.execPath, cwd = root, env = {} }: RunOptions = {}) =>
    endOf(program, args, cwd, { ...plainEnvironment(), ...env });
  return {
    root,
    write,
    read: (path) => readFileSync(join(root, path), "utf8"),
    laju: (...args) => run(["laju", ...args]),
    run,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The runner's own settings (NODE_ENV=test, colours) are not the user's. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, LANG: "C.UTF-8", TZ: "UTC" };
}

function endOf(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // What hangs is ended before the test is, and not left behind.
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
