import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { paths } from "../config/config";
import { environmentForStart, hidingArguments } from "../config/launch";

/** Starts a compiled command for this scheduled moment as the crontab does, and does not wait for it. */
export function spawnCommand(name: string, slot: number | undefined, stdio: StdioOptions): ChildProcess {
  return spawnInBuild([`commands/${name}.js`], stdio, slot === undefined ? {} : { LAJU_SLOT: String(slot) });
}

/** How a person starts a command without waiting for it. */
export interface ByHand {
  words: readonly string[];
  /** For its run, so that it can be found afterwards. */
  key: string;
  /** Whether the words are kept off the command line, which everybody on the machine can read. */
  hidesArguments: boolean;
}

/** Starts a compiled command because somebody wants it now: a pause holds back what is due. */
export function spawnByHand(
  name: string,
  { words, key, hidesArguments }: ByHand,
  stdio: StdioOptions,
): ChildProcess {
  const args = [`commands/${name}.js`, ...(hidesArguments ? [] : words)];
  return spawnInBuild(args, stdio, { LAJU_BY_HAND: key, ...hidingArguments(hidesArguments ? words : []) });
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
