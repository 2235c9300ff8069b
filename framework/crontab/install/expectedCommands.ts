import { readBuiltCommands } from "../../catalog/catalog";
import { scheduledHere } from "../../catalog/meantHere";
import type { DeployedCommand } from "../../metadata/overrides";
import { entriesIn } from "../text/entryParts";
import { installedBlock } from "./installedOptions";
import { readingOnce } from "./systemCrontab";

/**
 * The commands that something should start here: those in the installed crontab block. Where there is none
 * (schedule:work, systemd, another user's crontab), all that are scheduled in this environment.
 */
export function expectedCommands(read = readingOnce()): DeployedCommand[] {
  const block = installedBlock({}, read);
  const scheduled = scheduledHere(readBuiltCommands(), block?.notes.environment) as DeployedCommand[];
  if (block === undefined) return scheduled;
  const started = new Set(entriesIn(block.body).map(({ file }) => file));
  return scheduled.filter(({ name }) => started.has(`commands/${name}.js`));
}
