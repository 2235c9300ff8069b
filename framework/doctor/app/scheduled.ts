import { existsSync } from "node:fs";
import { readBuiltCommands } from "../../catalog/catalog";
import { paths } from "../../config/config";
import { readInstallation } from "../../crontab/install/installation";
import { scheduledHere } from "../../crontab/install/rows";
import type { DeployedCommand } from "../../metadata/overrides";

/** The commands that something should start here; none while nothing is built. */
export function scheduledCommands(): DeployedCommand[] {
  if (!existsSync(paths.manifest)) return [];
  return scheduledHere(readBuiltCommands(), readInstallation()?.options.env) as DeployedCommand[];
}
