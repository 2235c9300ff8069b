import { accessSync, constants, existsSync, lstatSync } from "node:fs";
import { userInfo } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import { driftText } from "../../catalog/buildDrift";
import { readManifest } from "../../catalog/buildManifest";
import { findCommand, readBuiltCommands } from "../../catalog/catalog";
import { monitorEntry, monitorLog } from "../../catalog/logFile";
import { scheduledHere } from "../../catalog/meantHere";
import { environmentName, paths, settings } from "../../config/config";
import { LajuError } from "../../config/errors";
import { type CronFacts, cronNames } from "../../host/crons";
import { hostClock } from "../../host/hostClock";
import { hostCron } from "../../host/hostCron";
import type { TargetOptions } from "../../host/installation";
import { checkZonesHere } from "../../host/zonesHere";
import type { CommandFacts, Manifest } from "../../metadata/manifest";
import type { CrontabPlace, CrontabRow } from "../text/line";
import { portableNotes } from "../text/portable";
import type { CrontabTarget } from "./installer";
import { crontabRows } from "./rows";

/** What all crontab verbs take. */
export const targetOptions = {
  root: {
    type: "string",
    value: "folder",
    description: "The app's folder as cron sees it, such as a link to the current release",
  },
  node: {
    type: "string",
    value: "file",
    description: "The node that cron starts (default: the one that runs this)",
  },
  "log-dir": {
    type: "string",
    value: "folder",
    description: "The folder of the logs (default: logs/ in the root)",
  },
  env: {
    type: "string",
    value: "environment",
    description: "Only commands of this environment (default: NODE_ENV)",
  },
  portable: {
    type: "boolean",
    description: "Let the shell alone decide, lock and limit (flock, timeout): for hosts without the ledger",
  },
  cron: {
    type: "string",
    value: "cron",
    choices: ["auto", ...cronNames],
    description: `The cron that reads it (default: this host's): ${cronNames.join(", ")}`,
  },
} as const;

/** Of verbs that touch a crontab. */
export const userOption = {
  user: {
    type: "string",
    value: "user",
    short: "u",
    description: "Whose crontab (as root; default: your own)",
  },
} as const;

/** The crontab entries that the last build asks for, and where they go. */
export function crontabTarget(options: TargetOptions, names: string[] = []): CrontabTarget {
  const commands = readBuiltCommands();
  const cron = hostCron(options).facts;
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
    ...(isDaemonsOwn && { daemonTimezone: hostTimezone }),
    ...(isOthers(options.user) && { user: options.user }),
    ...(names.length > 0 && { only: names.map((name) => findCommand(name, commands).name) }),
  };
}

/** Naming oneself is naming nobody; to root every user is another one, for it can do what they cannot. */
function isOthers(user: string | undefined): user is string {
  return user !== undefined && (process.geteuid?.() === 0 || user !== userInfo().username);
}

/** The entry for `laju monitor`, where MONITOR asks for it: after all others, whatever their priority. */
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
): CrontabPlace {
  checkAbsolute("--root", root);
  checkAbsolute("--node", node);
  // "/srv/current/" is no other block than "/srv/current".
  const folder = resolve(root);
  return { root: folder, build: join(folder, "build"), node, cron };
}

/** Logs stay where LAJU_LOGS puts them; without it they belong to the root that cron sees. */
function logFolder({ "log-dir": folder }: TargetOptions, { root }: CrontabPlace): string {
  if (folder !== undefined) return checkAbsolute("--log-dir", folder);
  const below = relative(paths.root, paths.logs);
  return below.startsWith("..") || isAbsolute(below) ? paths.logs : join(root, below);
}

function checkAbsolute(option: string, path: string): string {
  if (isAbsolute(path)) return path;
  throw new LajuError(`${option} ${path} is not an absolute path`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "cron starts commands from elsewhere, so every path in the crontab is absolute.",
  });
}

/**
 * What must hold before entries are installed: the program and the build are there, the build is current, and the system
 * has the zones that guards name.
 */
export function checkInstallable({ rows, place }: CrontabTarget): void {
  checkExecutable(place.node);
  if (!existsSync(join(place.build, "commands.json"))) {
    throw new LajuError(`there is no build in ${place.root}`, {
      code: "E_NOT_BUILT",
      hint: "Run npm run build there.",
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
      hint: "Name the node that cron shall start with --node.",
      cause: error,
    });
  }
}

/** A broken or unbuilt source never changes what cron runs. */
function checkCurrent(manifest: Manifest): void {
  const [problem] = manifest.problems;
  if (problem !== undefined) {
    throw new LajuError(`the last build left out ${problem.file}`, {
      code: "E_BUILD_PROBLEMS",
      hint: `${problem.message}\n  Correct it and run npm run build; the crontab stays as it is until then.`,
    });
  }
  const drift = driftText(manifest);
  if (drift === undefined) return;
  throw new LajuError(drift, {
    code: "E_BUILD_OLD",
    hint: "Run npm run build; the crontab stays as it is until then.",
  });
}

/** What is worth knowing of these entries before they are used: one sentence each. */
export function targetWarnings({ rows, place }: CrontabTarget, options: TargetOptions): string[] {
  const link = linkWarning(place);
  const notes = options.portable ? portableWarnings(rows) : [];
  return link === undefined ? notes : [link, ...notes];
}

function portableWarnings(rows: readonly CrontabRow[]): string[] {
  return portableNotes(commandsOf(rows), hostClock().hostTimezone);
}

/** Why nothing is scheduled, when nothing is: the usual surprise of a first installation. */
export function nothingScheduled(options: TargetOptions, commands: CommandFacts[]): string {
  const environment = options.env ?? environmentName();
  const elsewhere = commands.filter(
    ({ schedules, environments }) => schedules.length > 0 && environments !== null,
  );
  if (elsewhere.length === 0) return "No command has a schedule.";
  const names = [...new Set(elsewhere.flatMap(({ environments }) => environments ?? []))].join(", ");
  return `No command is scheduled in the environment "${environment}"; ${elsewhere.length} are in: ${names}.`;
}

/** A release's folder changes under a link; data kept in it would be left behind. */
function linkWarning({ root }: CrontabPlace): string | undefined {
  const isLink = existsSync(root) && lstatSync(root).isSymbolicLink();
  if (!isLink || relative(paths.root, paths.data).startsWith("..")) return undefined;
  return `${root} is a link, and ${paths.data} stays in one release: set LAJU_DATA and LAJU_LOGS to folders outside.`;
}
