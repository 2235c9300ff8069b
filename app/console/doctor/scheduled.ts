import { existsSync } from "node:fs";
import { paths } from "../../config";
import type { DeployedCommand } from "../../schedule/overrides";
import { readBuiltCommands } from "../catalog";
import { scheduledHere } from "../crontabRows";
import { readInstallation } from "../installation";

/** The commands that something should start here; none while nothing is built. */
export function scheduledCommands(): DeployedCommand[] {
  if (!existsSync(paths.manifest)) return [];
  return scheduledHere(readBuiltCommands(), readInstallation()?.options.env) as DeployedCommand[];
}
