import type { ExportSource } from "../../../framework/crontab/exports/exportTypes";
import { crontabRows } from "../../../framework/crontab/install/rows";
import type { AppLocation } from "../../../framework/crontab/text/line";
import type { CommandMeta } from "../../../framework/metadata/commandMeta";
import { commandFacts } from "../../../framework/metadata/manifest";

export const place: AppLocation = { root: "/srv/app", build: "/srv/app/build", node: "/usr/bin/node" };

/** The given commands, in the form that the exports need. */
export function exportSource(
  metas: Record<string, CommandMeta>,
  options: { place?: AppLocation; hostTimezone?: string } = {},
): ExportSource {
  const { hostTimezone = "UTC" } = options;
  const commands = Object.entries(metas).map(([name, meta]) => {
    const facts = commandFacts(name, "declared", meta);
    const [row] = crontabRows([facts], { hostTimezone, logs: `${(options.place ?? place).root}/logs` });
    return { facts, row };
  });
  return { commands, place: options.place ?? place, hostTimezone };
}
