import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { paths } from "../config/config";
import { environmentForStart } from "../config/launch";

/** Starts a compiled command for this scheduled moment as the crontab does, and does not wait for it. */
export function spawnCommand(name: string, slot: number | undefined, stdio: StdioOptions): ChildProcess {
  return spawnInBuild([`commands/${name}.js`], stdio, slot === undefined ? {} : { LAJU_SLOT: String(slot) });
}

/** Starts `laju monitor` as the crontab does. */
export function spawnMonitor(stdio: StdioOptions): ChildProcess {
  return spawnInBuild(["laju.js", "monitor"], stdio);
}

/** In a session of its own: Ctrl+C at this terminal is no affair of its. */
function spawnInBuild(args: string[], stdio: StdioOptions, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: paths.build,
    detached: true,
    env: { ...environmentForStart(), ...env },
    stdio,
  });
}
