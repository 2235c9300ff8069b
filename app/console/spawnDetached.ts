import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { environmentForStart, paths } from "../config";

/** Starts a compiled command as the crontab does, and does not wait for it. */
export function spawnCommand(name: string, stdio: StdioOptions): ChildProcess {
  return spawnInBuild([`commands/${name}.js`], stdio);
}

/** Starts `laju monitor` as the crontab does. */
export function spawnMonitor(stdio: StdioOptions): ChildProcess {
  return spawnInBuild(["laju.js", "monitor"], stdio);
}

/** In a session of its own: Ctrl+C at this terminal is no affair of its. */
function spawnInBuild(args: string[], stdio: StdioOptions): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: paths.build,
    detached: true,
    env: environmentForStart(),
    stdio,
  });
}
