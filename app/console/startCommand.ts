import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { paths } from "../config";
import { LajuError } from "../errors";

/**
 * Starts a compiled command as the crontab does (in build/, by this very node), with this terminal, and
 * waits for its end. Returns its exit status, 128+n when signal n killed it.
 */
export async function startCommand(name: string, args: string[]): Promise<number> {
  if (!existsSync(join(paths.build, "commands", `${name}.js`))) {
    throw new LajuError(`build/commands/${name}.js is not there`, {
      code: "E_NOT_BUILT",
      hint: "Run npm run build.",
    });
  }
  const child = spawn(process.execPath, [`commands/${name}.js`, ...args], {
    cwd: paths.build,
    stdio: "inherit",
  });
  const stopPassing = passSignals(child);
  try {
    return await endOf(child);
  } finally {
    stopPassing();
  }
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve(signal ? 128 + constants.signals[signal] : (status ?? 1)));
  });
}

/** Whoever ends `laju run` means the command. (Ctrl+C reaches it from the terminal by itself.) */
function passSignals(child: ChildProcess): () => void {
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  const wait = () => {};
  process.on("SIGTERM", pass).on("SIGHUP", pass).on("SIGINT", wait);
  return () => {
    process.off("SIGTERM", pass).off("SIGHUP", pass).off("SIGINT", wait);
  };
}
