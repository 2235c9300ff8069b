import { paths } from "../config";
import { findBlock } from "../schedule/crontabEdit";
import type { DeployedCommand } from "../schedule/overrides";
import { shellQuote } from "../schedule/shellQuote";
import { readBuiltCommands } from "./catalog";
import { scheduledHere } from "./crontabRows";
import { readInstallation } from "./installation";
import { readCrontab } from "./systemCrontab";

/**
 * The commands that something should start here: those in the installed crontab block. Where there is none
 * (schedule:work, systemd, another user's crontab), all that are scheduled in this environment.
 */
export function expectedCommands(): DeployedCommand[] {
  const scheduled = scheduledHere(readBuiltCommands()) as DeployedCommand[];
  const block = installedBlock();
  if (block === undefined) return scheduled;
  return scheduled.filter(({ name }) => block.includes(` ${shellQuote(`commands/${name}.js`)} `));
}

function installedBlock(): string | undefined {
  const root = readInstallation()?.options.root ?? paths.root;
  try {
    const body = findBlock(readCrontab({}).text, root)?.body;
    return body === undefined ? undefined : Buffer.from(body, "latin1").toString();
  } catch {
    return undefined; // No crontab program, or a table that crontab:check complains about.
  }
}
