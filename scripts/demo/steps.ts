import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { terminalFor } from "../../framework/cli/terminal";

/** The caller's PATH and HOME, but none of its laju settings. */
function bareEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TERM, NO_COLOR } = process.env;
  return { PATH, HOME, LANG, TERM, NO_COLOR, ...extra };
}

export function heading(text: string): void {
  console.log(`\n${terminalFor(1).paint("bold", text)}`);
}

/** Prints a command line as a person would type it. */
export function announce(line: string): void {
  console.log(`\n${terminalFor(1).paint("dim", "$")} ${line}`);
}

/** Runs `node laju …` in the app and shows its output. */
export function laju(app: string, ...args: string[]): void {
  announce(`node laju ${args.map((word) => (/[\s*]/.test(word) ? `"${word}"` : word)).join(" ")}`);
  expectSuccess(
    spawnSync(process.execPath, ["laju", ...args], { cwd: app, stdio: "inherit", env: bareEnvironment() }),
  );
}

/** Returns the output of `node laju …`. */
export function lajuOutput(app: string, ...args: string[]): string {
  const ended = spawnSync(process.execPath, ["laju", ...args], {
    cwd: app,
    encoding: "utf8",
    env: bareEnvironment(),
  });
  expectSuccess(ended);
  return ended.stdout;
}

/** Runs one of the project's own TypeScript programs for the app. */
export function program(project: string, app: string, file: string): void {
  const tsx = join(project, "node_modules", ".bin", "tsx");
  const env = bareEnvironment({ LAJU_ROOT: app });
  expectSuccess(spawnSync(tsx, [join(project, file)], { cwd: app, stdio: "inherit", env }));
}

/**
 * Runs the command of a crontab line as Debian's cron does (see crontab(5)): the text before the first bare %, with
 * `\%` as %, is run by /bin/sh in the home folder, with only these variables set.
 */
export function asCron(line: string): number {
  const command = line.replace(/^(@\w+|\S+( +\S+){4}) +/, "").replaceAll("\\%", "%");
  const home = process.env.HOME ?? "/";
  const user = process.env.LOGNAME ?? process.env.USER ?? "root";
  const env = { HOME: home, LOGNAME: user, SHELL: "/bin/sh", PATH: "/usr/bin:/bin" };
  const ended = spawnSync("/bin/sh", ["-c", command], { cwd: home, env, stdio: "inherit" });
  return ended.status ?? 1;
}

function expectSuccess({ status, error }: { status: number | null; error?: Error | undefined }): void {
  if (error) throw error;
  if (status !== 0) {
    console.error(`\nThe demonstration stopped: the last command exited with status ${status}.`);
    process.exit(1);
  }
}
