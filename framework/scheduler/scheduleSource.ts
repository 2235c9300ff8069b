import { statSync } from "node:fs";
import { readBuiltCommands } from "../catalog/catalog";
import { scheduledHere } from "../catalog/scheduledHere";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import type { CommandFacts } from "../metadata/manifest";
import { warn } from "../process/output";
import { listRuns } from "../runs/history/findRuns";
import { logError, logInfo } from "../services/Logger";

/** The built commands that are scheduled here, reloaded when their files change. */
export interface ScheduleSource {
  readonly commands: CommandFacts[];
  /** The new commands, if they have changed. If the files are invalid, the current commands stay in effect. */
  changes(): CommandFacts[] | undefined;
}

export function scheduleSource(): ScheduleSource {
  let seen = stamps();
  let commands: CommandFacts[] = scheduledHere(readBuiltCommands());
  return {
    get commands() {
      return commands;
    },
    changes() {
      const now = stamps();
      if (now === seen) return undefined;
      seen = now;
      const next = readAgain();
      if (next === undefined || JSON.stringify(next) === JSON.stringify(commands)) return undefined;
      commands = next;
      logInfo("The commands have changed", { commands: commands.length });
      return commands;
    },
  };
}

/**
 * When a command with `catchUp: "last"` last ran, so that starts missed while no scheduler was running can be made up
 * for.
 */
export function lastStart({ name, catchUp }: CommandFacts): number | undefined {
  if (catchUp !== "last") return undefined;
  try {
    return listRuns({ name, limit: 1 })[0]?.startedAt;
  } catch (error) {
    warn(`cannot tell whether ${name} missed a run: ${error.message}`);
    return undefined;
  }
}

function readAgain(): CommandFacts[] | undefined {
  try {
    return scheduledHere(readBuiltCommands());
  } catch (error) {
    if (!(error instanceof LajuError)) throw error;
    logError(`${error.message}; the current commands stay in effect`, error.hint && { hint: error.hint });
    return undefined;
  }
}

/**
 * Identifies the files' contents: a replaced file has a new inode, and a modified one a new ctime, which programs can't
 * set.
 */
function stamps(): string {
  return [paths.manifest, paths.schedule]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((stat) => (stat === undefined ? "none" : `${stat.ino}:${stat.size}:${stat.ctimeMs}`))
    .join(" ");
}
