import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { paths } from "../config/config";
import { environmentForStart, hiddenArgumentsEnvironment } from "../config/launch";

/** Starts a compiled command for a scheduled time as the crontab would, without waiting for it. */
export function spawnCommand(name: string, slot: number | undefined, stdio: StdioOptions): ChildProcess {
  return spawnInBuild([`commands/${name}.js`], stdio, slot === undefined ? {} : { LAJU_SLOT: String(slot) });
}

/** Options of spawnByHand. */
export interface ByHand {
  words: readonly string[];
  /** The key of the run to start, used to look the run up later. */
  key: string;
  /** Whether to keep the words off the command line, which every user on the machine can read. */
  hidesArguments: boolean;
}

/** Starts a compiled command as if by hand, so that a pause doesn't stop it from starting. */
export function spawnByHand(
  name: string,
  { words, key, hidesArguments }: ByHand,
  stdio: StdioOptions,
): ChildProcess {
  const args = [`commands/${name}.js`, ...(hidesArguments ? [] : words)];
  return spawnInBuild(args, stdio, {
    LAJU_BY_HAND: key,
    ...hiddenArgumentsEnvironment(hidesArguments ? words : []),
  });
}

/** Starts `laju monitor` as the crontab would. */
export function spawnMonitor(stdio: StdioOptions): ChildProcess {
  return spawnInBuild(["laju.js", "monitor"], stdio);
}

/** Spawns in a new session, so that Ctrl+C in this terminal doesn't reach it. */
function spawnInBuild(args: string[], stdio: StdioOptions, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: paths.build,
    detached: true,
    env: { ...environmentForStart(), ...env },
    stdio,
  });
}
