import { accessSync, constants, existsSync, lstatSync } from "node:fs";
import { userInfo } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import { driftText } from "../../catalog/buildDrift";
import { readManifest } from "../../catalog/buildManifest";
import { findCommand, readBuiltCommands } from "../../catalog/catalog";
import { monitorEntry, monitorLog } from "../../catalog/logFile";
import { scheduledHere } from "../../catalog/scheduledHere";
import { environmentName, paths, settings } from "../../config/config";
import { LajuError } from "../../config/errors";
import { type CronFacts, cronNames } from "../../host/crons";
import { hostClock } from "../../host/hostClock";
import { hostCronFacts } from "../../host/hostCron";
import type { TargetOptions } from "../../host/installation";
import { checkZonesHere } from "../../host/zonesHere";
import type { CommandFacts, Manifest } from "../../metadata/manifest";
import type { AppLocation, CrontabRow } from "../text/line";
import type { CrontabTarget } from "./installer";
import { portableNotes } from "./portable";
import { crontabRows } from "./rows";

/** The options of all crontab verbs. */
export const targetOptions = {
  root: {
    type: "string",
    value: "folder",
    description: "The app's folder as cron sees it, such as a symlink to the current release",
  },
  node: {
    type: "string",
    value: "file",
    description: "The node that cron starts (default: the one running this)",
  },
  "log-dir": {
    type: "string",
    value: "folder",
    description: "The log folder (default: logs/ in the root)",
  },
  env: {
    type: "string",
    value: "environment",
    description: "Only commands of this environment (default: NODE_ENV)",
  },
  portable: {
    type: "boolean",
    description:
      "Have the shell check the time, lock (flock) and limit runs (timeout): for hosts without the ledger",
  },
  cron: {
    type: "string",
    value: "cron",
    choices: ["auto", ...cronNames],
    description: `The cron that reads the crontab (default: this host's): ${cronNames.join(", ")}`,
  },
} as const;

/** The option of verbs that access a crontab. */
export const userOption = {
  user: {
    type: "string",
    value: "user",
    short: "u",
    description: "Use this user's crontab (root only; default: your own)",
  },
} as const;

/** The crontab entries of the last build, and where to install them. */
export function crontabTarget(options: TargetOptions, names: string[] = []): CrontabTarget {
  const commands = readBuiltCommands();
  const cron = hostCronFacts(options);
  const place = placeOf(options, cron);
  const chosen = scheduledHere(commands, options.env ?? environmentName());
  const { hostTimezone, isDaemonsOwn } = hostClock();
  const isPortable = options.portable;
  const logs = logFolder(options, place);
  return {
    rows: [
      ...crontabRows(chosen, { hostTimezone, isDaemonsOwn, logs, isPortable, cron }),
      ...monitorRows(logs),
    ],
    place,
    environment: options.env,
    data: paths.data,
    neutralSettings: neutralSettingsOf(cron, hostTimezone),
    ...(isDaemonsOwn && { daemonTimezone: hostTimezone }),
    ...(isAnotherUser(options.user) && { user: options.user }),
    ...(names.length > 0 && { only: names.map((name) => findCommand(name, commands).name) }),
  };
}

function neutralSettingsOf({ neutralSettings, readsCronTz }: CronFacts, hostTimezone: string) {
  return { ...neutralSettings, ...(readsCronTz && { CRON_TZ: hostTimezone }) };
}

/**
 * Whether the crontab belongs to another user, so that it needs extra checks. When root names any user, even root, the
 * answer is yes.
 */
function isAnotherUser(user: string | undefined): user is string {
  return user !== undefined && (process.geteuid?.() === 0 || user !== userInfo().username);
}

/** The entry of `laju monitor`, if MONITOR is set. It is always the last one. */
function monitorRows(logs: string): CrontabRow[] {
  if (!settings().hasMonitor) return [];
  return [
    {
      name: monitorEntry.name,
      description: "laju: find missed and lost runs, send notices, prune, rotate logs",
      entries: [{ fields: monitorEntry.fields }],
      file: "laju.js",
      args: ["monitor"],
      log: monitorLog(logs),
      priority: Number.NEGATIVE_INFINITY,
    },
  ];
}

function placeOf(
  { root = paths.root, node = process.execPath }: TargetOptions,
  cron: CronFacts,
): AppLocation {
  checkAbsolute("--root", root);
  checkAbsolute("--node", node);
  // Treat "/srv/current/" and "/srv/current" as the same block.
  const folder = resolve(root);
  return { root: folder, build: join(folder, "build"), node, cron };
}

/** The folder from LAJU_LOGS; by default, logs/ in the root as cron sees it. */
function logFolder({ "log-dir": folder }: TargetOptions, { root }: AppLocation): string {
  if (folder !== undefined) return checkAbsolute("--log-dir", folder);
  const below = relative(paths.root, paths.logs);
  return below.startsWith("..") || isAbsolute(below) ? paths.logs : join(root, below);
}

function checkAbsolute(option: string, path: string): string {
  if (isAbsolute(path)) return path;
  throw new LajuError(`${option} ${path} is not an absolute path`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "cron starts commands from another folder, so every path in the crontab must be absolute.",
  });
}

/**
 * Throws unless the entries would work: node and the build exist, the build is current, and the system has the time zones
 * that guards use.
 */
export function checkInstallable({ rows, place }: CrontabTarget): void {
  checkExecutable(place.node);
  if (!existsSync(join(place.build, "commands.json"))) {
    throw new LajuError(`there is no build in ${place.root}`, {
      code: "E_NOT_BUILT",
      hint: "Run npm run build in that folder.",
    });
  }
  checkCurrent(readManifest());
  checkZonesHere(commandsOf(rows));
}

function commandsOf(rows: readonly CrontabRow[]): CommandFacts[] {
  const names = new Set(rows.map(({ name }) => name));
  return readBuiltCommands().filter(({ name }) => names.has(name));
}

function checkExecutable(node: string): void {
  try {
    accessSync(node, constants.X_OK);
  } catch (error) {
    throw new LajuError(`${node} cannot be executed: ${error.code}`, {
      code: "E_NODE",
      hint: "Name the node that cron should start with --node.",
      cause: error,
    });
  }
}

/** Throws if the build is not current: sources that are broken or not built yet must not change what cron runs. */
function checkCurrent(manifest: Manifest): void {
  const [problem] = manifest.problems;
  if (problem !== undefined) {
    throw new LajuError(`the last build left out ${problem.file}`, {
      code: "E_BUILD_PROBLEMS",
      hint: `${problem.message}\n  Fix it and run npm run build; the crontab stays as it is until then.`,
    });
  }
  const drift = driftText(manifest);
  if (drift === undefined) return;
  throw new LajuError(drift, {
    code: "E_BUILD_OLD",
    hint: "Run npm run build; the crontab stays as it is until then.",
  });
}

/** Warnings about these entries, one sentence each. */
export function targetWarnings({ rows, place }: CrontabTarget, options: TargetOptions): string[] {
  const link = linkWarning(place);
  const notes = options.portable ? portableWarnings(rows, place) : [];
  return link === undefined ? notes : [link, ...notes];
}

function portableWarnings(rows: readonly CrontabRow[], { cron }: AppLocation): string[] {
  return portableNotes(commandsOf(rows), hostClock().hostTimezone, cron);
}

/** Explains why an app's first installation has no entries. */
export function nothingScheduled(options: TargetOptions, commands: CommandFacts[]): string {
  const environment = options.env ?? environmentName();
  const elsewhere = commands.filter(
    ({ schedules, environments }) => schedules.length > 0 && environments !== null,
  );
  if (elsewhere.length === 0) return "No command has a schedule.";
  const names = [...new Set(elsewhere.flatMap(({ environments }) => environments ?? []))].join(", ");
  return `No command is scheduled in the environment "${environment}"; ${elsewhere.length} are scheduled in: ${names}.`;
}

/** Warns if data/ is inside a release: when the symlink is switched to the next release, the data would stay behind. */
function linkWarning({ root }: AppLocation): string | undefined {
  const isLink = existsSync(root) && lstatSync(root).isSymbolicLink();
  if (!isLink || relative(paths.root, paths.data).startsWith("..")) return undefined;
  return `${root} is a symlink, but ${paths.data} is inside one release: set LAJU_DATA and LAJU_LOGS to folders outside of it.`;
}
