import { longestRun } from "../../metadata/longestRun";
import type { CommandFacts } from "../../metadata/manifest";
import { oneLine } from "../../schedule/expression/oneLine";
import { schedulesOf } from "../../schedule/expression/schedulesOf";
import { describeSchedule } from "../../schedule/expression/words";
import { shellQuote } from "../../text/shellQuote";
import type { CrontabRow } from "../text/line";
import { appSlug } from "./exportNames";
import { checkNames, checkPath, checkUser, type NamedProblem, refuseProblems } from "./exportProblems";
import type { ExportedCommand, ExportedFile, ExportSource } from "./exportTypes";
import { systemdCalendars } from "./systemdCalendar";
import { commandLine, literal, pathWord } from "./systemdText";

export interface SystemdOptions {
  /** Whether a group shares the files that commands create (LAJU_GROUP). */
  sharesFiles?: boolean;
  /** The folders to which the commands write. If set, systemd makes everything else read-only. */
  hardenedFor?: readonly string[] | undefined;
}

/**
 * System units: for each command a service, and a timer that starts the service. Throws if systemd cannot run a command
 * exactly as laju does.
 */
export function systemdUnits(
  source: ExportSource,
  user: string,
  options: SystemdOptions = {},
): ExportedFile[] {
  checkUser(user);
  const problems: NamedProblem[] = [];
  const units = source.commands.map((command) => {
    const calendars = calendarsOf(command.facts, source.hostTimezone, problems);
    const name = unitName(command.facts, source);
    problems.push(...overlapProblems(command.facts));
    return {
      name,
      command,
      calendars,
      isAtBoot: schedulesOf(command.facts).some(({ kind }) => kind === "reboot"),
    };
  });
  refuseProblems("systemd", problems);
  const names = units.map(({ name, command }) => ({ name, command: command.facts.name }));
  checkNames(names, { place: "systemd", rule: "in a unit's name, the / of a command's name becomes a -" });
  return units.flatMap(({ name, command, calendars, isAtBoot }) => {
    const service = {
      name: `${name}.service`,
      text: serviceText(command, source, { ...options, user, isAtBoot }),
    };
    if (calendars.length === 0) return [service];
    return [service, { name: `${name}.timer`, text: timerText(command.facts, calendars) }];
  });
}

function unitName({ name }: CommandFacts, { place }: ExportSource): string {
  return `laju-${appSlug(place.root)}-${name.replace(/[^\w.]+/g, "-")}`;
}

function calendarsOf(facts: CommandFacts, hostTimezone: string, problems: NamedProblem[]): string[] {
  const timezone = facts.timezone ?? undefined;
  const timed = schedulesOf(facts).filter(({ kind }) => kind !== "reboot");
  return timed.flatMap((schedule) => {
    const { value = [], problem } = systemdCalendars(schedule, { timezone, hostTimezone });
    const subject = `schedule ${JSON.stringify(schedule.text)}`;
    if (problem) problems.push({ command: facts.name, subject, ...problem });
    return value;
  });
}

/** A timer never starts a service that is still active, so systemd supports only `overlap: "skip"`. */
function overlapProblems({ name, overlap }: CommandFacts): NamedProblem[] {
  if (overlap === "skip") return [];
  const reason = "needs overlapping runs, but a systemd timer never starts a service that is still active";
  return [{ command: name, subject: `overlap "${overlap}"`, reason, remedy: 'Set overlap: "skip".' }];
}

function serviceText(
  { facts, row }: ExportedCommand,
  { place }: ExportSource,
  { user, isAtBoot, sharesFiles, hardenedFor }: SystemdOptions & { user: string; isAtBoot: boolean },
): string {
  for (const path of [place.build, place.node, row.log]) checkPath(facts.name, path);
  const sections = [
    ["[Unit]", `Description=${literal(titleOf(facts))}`],
    [
      "[Service]",
      "Type=oneshot",
      `User=${literal(user)}`,
      // Files that commands create must not be world-readable.
      `UMask=${sharesFiles ? "0007" : "0077"}`,
      ...(hardenedFor === undefined ? [] : hardening(facts.name, [place.root, ...hardenedFor])),
      `WorkingDirectory=${literal(place.build)}`,
      `ExecStartPre=${commandLine(["/bin/mkdir", "-p", row.log.slice(0, row.log.lastIndexOf("/"))])}`,
      `ExecStart=${commandLine(["/bin/sh", "-c", startText(place.node, row)])}`,
      ...timeLimit(facts),
    ],
    ...(isAtBoot ? [["[Install]", "WantedBy=multi-user.target"]] : []),
  ];
  return textOf(sections);
}

/**
 * Makes everything but these folders read-only. With the "-", the service starts even if a folder does not exist (yet).
 */
function hardening(name: string, folders: readonly string[]): string[] {
  for (const folder of folders) checkPath(name, folder);
  const writable = [...new Set(folders)].map((folder) => pathWord(`-${folder}`));
  return [
    "NoNewPrivileges=yes",
    "PrivateTmp=yes",
    "ProtectSystem=strict",
    ...writable.map((folder) => `ReadWritePaths=${folder}`),
  ];
}

/** The user's shell opens the log, because a log created by systemd would belong to root. */
function startText(node: string, { file, args = [], log }: CrontabRow): string {
  return `exec ${[node, file, ...args].map(shellQuote).join(" ")} >> ${shellQuote(log)} 2>&1`;
}

/** A command enforces its own time limit. If it fails to do so, systemd kills it a minute later. */
function timeLimit(facts: CommandFacts): string[] {
  const seconds = longestRun(facts);
  return seconds === undefined ? [] : [`TimeoutStartSec=${Math.ceil(seconds) + 60}`];
}

function timerText(facts: CommandFacts, calendars: readonly string[]): string {
  const words = schedulesOf(facts)
    .filter(({ kind }) => kind !== "reboot")
    .map(describeSchedule);
  return textOf([
    ["[Unit]", `Description=${literal(`${facts.name}: ${words.join("; ")}`)}`],
    [
      "[Timer]",
      ...[...new Set(calendars)].map((calendar) => `OnCalendar=${calendar}`),
      // By default, systemd can be up to a minute late.
      "AccuracySec=1us",
      ...(facts.catchUp === "last" ? ["Persistent=true"] : []),
    ],
    ["[Install]", "WantedBy=timers.target"],
  ]);
}

function titleOf({ name, description }: CommandFacts): string {
  return oneLine(description) || name;
}

function textOf(sections: readonly (readonly string[])[]): string {
  return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}
