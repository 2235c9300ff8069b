import { relative } from "node:path";
import { logFileOf } from "../../catalog/logFile";
import { nextTimes, type StartedHere } from "../../catalog/nextStarts";
import { paths } from "../../config/config";
import { shortTimes } from "../../host/hostClock";
import { priorityText } from "../../metadata/commandMeta";
import type { DeployedCommand } from "../../metadata/overrides";
import { shownUrl } from "../../services/webAddress";
import { type Html, html } from "../html";
import type { View } from "../view";
import { wordsOf } from "./commandRow";

const upcoming = 5;

/** The command's metadata: from its source, or overridden in this deployment's schedule.json. */
export function commandFacts(command: DeployedCommand, here: StartedHere, view: View): Html {
  const facts = factsOf(command, here, view).filter(([, value]) => value !== null && value !== "");
  return html`<dl class="facts card">${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function factsOf(
  command: DeployedCommand,
  here: StartedHere,
  { clock }: View,
): [string, string | Html | null][] {
  const { schedules, timezone, oneServer, retries, options, overridden } = command;
  const next = nextTimes(command, clock, here, upcoming).map((time) => time.toISOString());
  const zone = timezone ?? clock.hostTimezone;
  const own = (field: string, text: string | null) =>
    text !== null && overridden.includes(field) ? html`${text} <span class="tag">schedule.json</span>` : text;
  return [
    ["Schedule", own("schedule", schedules.length === 0 ? "none: started manually" : schedules.join(", "))],
    ["In words", schedules.length === 0 ? null : wordsOf(command)],
    [
      "Next",
      next.length === 0
        ? null
        : html`${withDaysOnce(shortTimes(next, zone))} <span class="dim">${zone}${here.isInstalled(command.name) ? "" : ", not installed"}</span>`,
    ],
    ["Time zone", own("timezone", timezone)],
    ["Time limit", own("timeout", timeoutText(command))],
    ["While it runs", own("overlap", overlaps[command.overlap])],
    ["Servers", oneServer && `one of several; ${oneServer.whenUnavailable} if that cannot be determined`],
    ["Retries", retries === 0 ? null : `${retries}, the first after ${command.retryDelay}`],
    ["Environments", own("environments", command.environments?.join(", ") ?? null)],
    ["Tags", own("tags", command.tags.join(", "))],
    ["Priority", own("priority", priorityText(command) ?? null)],
    [
      "Options",
      Object.keys(options)
        .map((name) => `--${name}`)
        .join(", "),
    ],
    // Don't show the path of the ping URL: anyone who knows it could report success.
    ["Ping", command.ping === null ? null : shownUrl(command.ping)],
    ["File", html`<code>${command.file}</code>`],
    ["Log", html`<code>${relative(paths.root, logFileOf(command))}</code>`],
  ];
}

/** Joins times, naming each day only once: "Mon 30 Nov 11:45, 12:00, Tue 01 Dec 00:15". */
function withDaysOnce(times: readonly string[]): string {
  const dayOf = (time: string) => time.slice(0, "Mon 30 Nov".length);
  return times
    .map((time, index) =>
      index > 0 && dayOf(time) === dayOf(times[index - 1] as string) ? time.slice(11) : time,
    )
    .join(", ");
}

const overlaps = {
  skip: "the new run is skipped",
  wait: "the new run waits",
  allow: "the new run starts alongside it",
};

function timeoutText({ timeout, timeoutFrom }: DeployedCommand): string | null {
  if (timeout === false) return "none";
  return timeoutFrom === undefined ? timeout : `${timeout} (${timeoutFrom})`;
}
