import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { LajuError } from "../config/errors";
import { npmUserAgent } from "../config/launch";
import { shellQuote } from "../text/shellQuote";

/** The package manager that started this process; npm if it was started in another way. */
export function packageManager(): "npm" | "pnpm" | "yarn" {
  const [name] = (npmUserAgent() ?? "npm").split("/");
  return name === "pnpm" || name === "yarn" ? name : "npm";
}

/** Installs the app's packages. If that fails, throws a LajuError with the package manager's output. */
export function installPackages(folder: string): void {
  const program = packageManager();
  const words = program === "npm" ? ["install", "--no-audit", "--no-fund"] : ["install"];
  const { error, status, stderr } = run(program, words, folder);
  if (status === 0) return;
  const reason = isMissing(error) ? missingProgram(program).message : (error?.message ?? stderr.trim());
  throw new LajuError(`${program} install failed in ${folder}: ${reason}`, {
    code: "E_INSTALL",
    hint: `The app was created. Fix the problem, then: cd ${shellQuote(folder)} && ${program} install`,
  });
}

/**
 * Creates a git repository in the folder and returns true. Returns false if the folder is already in a repository or
 * git is missing.
 */
export function startRepository(folder: string): boolean {
  const isInside = git(folder, ["rev-parse", "--is-inside-work-tree"]) === "true";
  return !isInside && git(folder, ["init", "--quiet"]) !== undefined;
}

export function hasGit(): boolean {
  return !isMissing(run("git", ["--version"], ".").error);
}

/** Makes the first commit. Returns git's error if it fails, for example because it doesn't know the user's name. */
export function commitAll(folder: string, message: string): string | undefined {
  git(folder, ["add", "--all"]);
  const { status, stderr } = run("git", ["commit", "--quiet", "--message", message], folder);
  return status === 0 ? undefined : (/^fatal: (.*)$/m.exec(stderr)?.[1] ?? stderr.trim());
}

/** The output of git; undefined if it failed or is not installed. */
export function git(folder: string, words: string[]): string | undefined {
  const { status, stdout } = run("git", words, folder);
  return status === 0 ? stdout.replace(/\n$/, "") : undefined;
}

export function isMissing(error: NodeJS.ErrnoException | undefined): boolean {
  return error?.code === "ENOENT";
}

export function missingProgram(program: string): LajuError {
  return new LajuError(`${program} is not installed, or not on the PATH`, {
    code: "E_PROGRAM",
    hint: `Install ${program}, or add its folder to the PATH.`,
  });
}

/** Runs a program without a terminal, so that it cannot prompt, and waits for it. */
export function run(program: string, words: string[], folder: string): SpawnSyncReturns<string> {
  return spawnSync(program, words, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 100_000_000,
  });
}
