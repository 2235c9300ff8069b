import { readBuiltCommands } from "../catalog/catalog";
import { hostClock } from "../host/hostClock";
import { incidentKind } from "../runs/history/health";
import { type Incident, openIncident } from "../runs/ledger/incidents";
import { acknowledge } from "../runs/notices/acknowledge";
import { readStatus } from "../views/statusRows";

/**
 * Acknowledges all problems of a command: its open incidents, and problems in `status` that have no incident (because
 * the monitor has not run since, or the command failed at a terminal). Returns the incidents.
 */
export function acknowledgeTroubles(name: string, reason: string | null): Incident[] {
  const clock = hostClock();
  const at = clock.now.getTime();
  for (const { kind, text } of troublesOf(name, clock)) {
    openIncident({ name, kind, reason: text, runId: null, openedAt: at });
  }
  return acknowledge(name, { reason, at });
}

function troublesOf(name: string, clock: ReturnType<typeof hostClock>) {
  const all = readBuiltCommands();
  const shown = all.filter((command) => command.name === name);
  const troubles = readStatus(all, shown, clock, {}).commands.flatMap((row) => row.troubles);
  return troubles.map((trouble) => ({ kind: incidentKind(trouble), text: trouble.text }));
}
