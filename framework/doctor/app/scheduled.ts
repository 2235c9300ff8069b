import { existsSync } from "node:fs";
import { readBuiltCommands } from "../../catalog/catalog";
import { scheduledHere } from "../../catalog/scheduledHere";
import { paths } from "../../config/config";
import { readInstallation } from "../../host/installation";
import type { DeployedCommand } from "../../metadata/overrides";

/** The commands that should be started on schedule here; none before the first build. */
export function scheduledCommands(): DeployedCommand[] {
  if (!existsSync(paths.manifest)) return [];
  return scheduledHere(readBuiltCommands(), readInstallation()?.options.env);
}
