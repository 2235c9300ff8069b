import { statSync } from "node:fs";
import { readBuiltCommands } from "../catalog/catalog";
import { scheduledHere } from "../catalog/meantHere";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import type { CommandFacts } from "../metadata/manifest";
import { warn } from "../process/output";
import { listRuns } from "../runs/history/findRuns";
import { logError, logInfo } from "../services/Logger";

/** The built commands that are scheduled here, and whether the files that say so have changed. */
export interface ScheduleSource {
  readonly commands: CommandFacts[];
  /** The commands anew when they are others than before. Files in error leave everything as it was. */
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

/** When a command ran last, for those that make up for what was missed while nothing was looking. */
export function lastStart({ name, catchUp }: CommandFacts): number | undefined {
  if (catchUp !== "last") return undefined;
  try {
    return listRuns({ name, limit: 1 })[0]?.startedAt;
  } catch (error) {
    warn(`whether ${name} missed a run is not known: ${error.message}`);
    return undefined;
  }
}

function readAgain(): CommandFacts[] | undefined {
  try {
    return scheduledHere(readBuiltCommands());
  } catch (error) {
    if (!(error instanceof LajuError)) throw error;
    logError(`${error.message}; the commands stay as they were`, error.hint && { hint: error.hint });
    return undefined;
  }
}

/** Another file has another number; a changed one another time of change, which nobody can set. */
function stamps(): string {
  return [paths.manifest, paths.schedule]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((stat) => (stat === undefined ? "none" : `${stat.ino}:${stat.size}:${stat.ctimeMs}`))
    .join(" ");
}
