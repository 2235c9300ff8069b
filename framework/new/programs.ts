import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { LajuError } from "../config/errors";
import { npmUserAgent } from "../config/launch";

/** Which one started this process, as they say themselves; npm where none did. */
export function packageManager(): "npm" | "pnpm" | "yarn" {
  const [name] = (npmUserAgent() ?? "npm").split("/");
  return name === "pnpm" || name === "yarn" ? name : "npm";
}

/** Throws a LajuError with what it printed where that fails. */
export function installPackages(folder: string): void {
  const program = packageManager();
  const words = program === "npm" ? ["install", "--no-audit", "--no-fund"] : ["install"];
  const { error, status, stderr } = run(program, words, folder);
  if (status === 0) return;
  throw new LajuError(`${program} install failed in ${folder}: ${error?.message ?? stderr.trim()}`, {
    code: "E_INSTALL",
    hint: `The app is there. Mend what is wrong, then run ${program} install in it.`,
  });
}

/** Makes the folder a git repository, unless it is in one or there is no git. Returns whether it made one. */
export function startRepository(folder: string): boolean {
  const isInside = git(folder, ["rev-parse", "--is-inside-work-tree"]) === "true";
  return !isInside && git(folder, ["init", "--quiet"]) !== undefined;
}

/** The first commit. Who has not told git a name yet commits later. */
export function commitAll(folder: string, message: string): void {
  git(folder, ["add", "--all"]);
  git(folder, ["commit", "--quiet", "--message", message]);
}

/** What git printed; undefined where it failed or is not installed. */
export function git(folder: string, words: string[]): string | undefined {
  const { status, stdout } = run("git", words, folder);
  return status === 0 ? stdout.replace(/\n$/, "") : undefined;
}

/** Runs a program to its end, without a terminal to ask at. */
export function run(program: string, words: string[], folder: string): SpawnSyncReturns<string> {
  return spawnSync(program, words, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 100_000_000,
  });
}
