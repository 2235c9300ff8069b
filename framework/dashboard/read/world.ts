import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";
import { readBuiltCommands, readCatalog } from "../../catalog/catalog";
import { isForEnvironment } from "../../catalog/scheduledHere";
import { paths } from "../../config/config";
import { installedFor } from "../../crontab/install/needs";
import { checkContext } from "../../doctor/checkContext";
import { runLocalChecks } from "../../doctor/localChecks";
import { hostClock } from "../../host/hostClock";
import type { DeployedCommand } from "../../metadata/overrides";
import { currentPauses } from "../../runs/supervision/changePauses";
import type { Pauses } from "../../runs/supervision/pause";
import type { HostClock } from "../../schedule/times/nextRuns";
import { readStatus, type Status, type StatusSources } from "../../views/statusRows";
import { timelineOf } from "../../views/timeline";
import { cached } from "./cached";
import { keptHistories, keptStrips } from "./histories";
import type { StripRun } from "./lastRuns";
import { stampOf } from "./stamp";

/** The data of all pages about commands, read once for all visitors. */
export interface World {
  app: string;
  host: string;
  environment: string;
  /** Whether anything starts the command with this name on schedule. */
  isInstalled(name: string): boolean;
  clock: HostClock;
  commands: DeployedCommand[];
  status: Status;
  /** The last runs of each command, oldest first. */
  strips: ReadonlyMap<string, StripRun[]>;
  pauses: Pauses;
}

/**
 * How long to cache data about commands, in milliseconds. Killed runs and the passing of time change no file, so the
 * files alone don't show all changes.
 */
const maxAgeMs = 5_000;
/** How long to cache data about the host and the output of other programs (crontab -l), in milliseconds. */
const hostAgeMs = 20_000;

const context = cached(() => checkContext(undefined), { maxAgeMs: hostAgeMs });
const local = cached(() => runLocalChecks(context(), ["crontab"]), { maxAgeMs: hostAgeMs });
const sources: StatusSources = {
  checkContext: context,
  runLocalChecks: local,
  runHistories: keptHistories,
};

export const readWorld = cached(
  (): World => {
    const clock = hostClock();
    const commands = readCommands();
    return {
      app: basename(paths.root),
      host: hostname(),
      environment: installedFor(),
      isInstalled: context().isInstalled,
      clock,
      commands,
      status: readStatus(commands, commands, clock, {}, sources),
      strips: keptStrips(commands.map(({ name }) => name)),
      pauses: currentPauses(clock.now.getTime()),
    };
  },
  { stampOf, maxAgeMs },
);

/**
 * The starts in the 24 hours that begin with the current hour. Not recomputed at every change, because a command that
 * runs every minute has more than a thousand of them.
 */
export const readHours = cached(
  () => {
    const { commands, environment, clock } = readWorld();
    return timelineOf(
      commands.filter((command) => isForEnvironment(environment, command)),
      clock,
    );
  },
  { stampOf: () => readWorld().commands.map(scheduleStamp).join("\n"), maxAgeMs: 10 * 60_000 },
);

function scheduleStamp({ name, schedules, timezone, enabled }: DeployedCommand): string {
  return `${name} ${schedules} ${timezone} ${enabled}`;
}

function readCommands(): DeployedCommand[] {
  return existsSync(paths.manifest) ? readBuiltCommands() : readCatalog().commands;
}
