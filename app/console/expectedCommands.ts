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
  const block = installedBlock();
  const scheduled = scheduledHere(readBuiltCommands(), block?.environment) as DeployedCommand[];
  if (block === undefined) return scheduled;
  return scheduled.filter(({ name }) => block.text.includes(` ${shellQuote(`commands/${name}.js`)} `));
}

function installedBlock(): { text: string; environment: string | undefined } | undefined {
  const root = readInstallation()?.options.root ?? paths.root;
  try {
    const block = findBlock(readCrontab({}).text, root);
    if (block === undefined) return undefined;
    const { body, notes } = block;
    return { text: Buffer.from(body, "latin1").toString(), environment: notes.environment };
  } catch {
    return undefined; // No crontab program, or a table that crontab:check complains about.
  }
}
