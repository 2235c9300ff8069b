import type { OptionSpecs } from "./optionSpecs";

/**
 * A command's metadata. It is read from the source without running it, so every value must be a literal. The rules for
 * each field are in `metaFields` (metaFields.ts).
 */
export interface CommandMeta {
  /** One line, shown in lists and in the comment above the crontab entry. */
  description?: string;
  /** When cron starts the command: one or more schedules. Without a schedule, the command is only started by hand. */
  schedule?: string | readonly string[];
  /** The schedule's IANA time zone (default: the host's). */
  timezone?: string;
  /**
   * How long a run may take, such as "90s", "10m" or "1h30m" (default: COMMAND_TIMEOUT, or else no limit). false means no
   * limit, regardless of COMMAND_TIMEOUT.
   */
  timeout?: string | false;
  /**
   * What to do if the previous run is still active: "skip" the new run (the default with a schedule), "wait" for the
   * previous run to finish, or "allow" both (the default without a schedule, and always under pm2).
   */
  overlap?: Overlap;
  /**
   * Whether only one of the servers that share Redis or a database runs the command at each scheduled time. If that store is
   * unavailable, the run fails (true, or `whenUnavailable: "fail"`) or is skipped (`whenUnavailable: "skip"`).
   */
  oneServer?: true | OneServer;
  /**
   * What the monitor and `schedule:work` do about missed starts: with "none" (the default), they skip them. With "last",
   * they start the command once to make up for the last missed start.
   */
  catchUp?: CatchUp;
  /** How often a failed run is retried, each time in a new process (default: 0). */
  retries?: number;
  /** The delay before the first retry, such as "30s". It doubles with each further retry (default: "10s"). */
  retryDelay?: string;
  /** The environments (NODE_ENV) in which the command is added to the crontab (default: all). */
  environments?: readonly string[];
  /** false keeps the command out of the crontab (default: true). */
  enabled?: boolean;
  /** Words for selecting commands: `laju run --tag mail`. */
  tags?: readonly string[];
  /**
   * The order in lists and the crontab, highest first: a number, or "low", "normal" or "high" (default: 0). Any other word
   * is shown but counts as "normal".
   */
  priority?: number | "low" | "normal" | "high" | (string & {});
  /** The log file for the command's output under cron, absolute or relative to logs/ (default: NAME.log). */
  log?: string;
  /**
   * Who is notified when the command fails and when it recovers: "mail" (NOTIFY_MAIL_TO), "webhook" (NOTIFY_WEBHOOK_URL), a
   * mail address, or several of these. false notifies nobody (default: mail and webhook, as far as they are configured).
   */
  notify?: false | NoticeChannel | readonly NoticeChannel[];
  /** A URL to ping on each run, with the protocol of Healthchecks.io: URL/start when the run starts, then URL or URL/fail. */
  ping?: string;
  /** The command-line options, in the format of node:util's parseArgs. */
  options?: OptionSpecs;
}

export interface OneServer {
  readonly whenUnavailable: "skip" | "fail";
}
export type Overlap = "skip" | "wait" | "allow";
export type NoticeChannel = "mail" | "webhook" | `${string}@${string}`;
export type CatchUp = "none" | "last";

/**
 * The forms of a command: `export default command({…})` or a similar object, an exported function `run`, or a script,
 * which does its work when it is loaded.
 */
export type CommandForm = "declared" | "run" | "script";

/** A command's metadata with every default filled in. */
export interface ResolvedMeta {
  description: string;
  schedules: string[];
  timezone: string | null;
  /** Null: use COMMAND_TIMEOUT; false: no limit. */
  timeout: string | false | null;
  overlap: Overlap;
  /** Null: every server runs the command. */
  oneServer: OneServer | null;
  catchUp: CatchUp;
  retries: number;
  retryDelay: string;
  environments: string[] | null;
  enabled: boolean;
  tags: string[];
  priority: number;
  /** The priority as a word, such as "high"; absent if it was given as a number. */
  priorityLabel: string | null;
  log: string | null;
  /** Null: all configured channels; empty: nobody. */
  notify: string[] | null;
  ping: string | null;
  options: OptionSpecs;
}

const priorityLabels = new Map([
  ["low", -10],
  ["normal", 0],
  ["high", 10],
]);

/** Fills in the defaults. */
export function resolveMeta(meta: CommandMeta): ResolvedMeta {
  return {
    description: meta.description ?? "",
    schedules: typeof meta.schedule === "string" ? [meta.schedule] : [...(meta.schedule ?? [])],
    timezone: meta.timezone ?? null,
    timeout: meta.timeout ?? null,
    overlap: meta.overlap ?? (meta.schedule === undefined ? "allow" : "skip"),
    oneServer: meta.oneServer === true ? { whenUnavailable: "fail" } : (meta.oneServer ?? null),
    catchUp: meta.catchUp ?? "none",
    retries: meta.retries ?? 0,
    retryDelay: meta.retryDelay ?? "10s",
    environments: meta.environments ? [...meta.environments] : null,
    enabled: meta.enabled ?? true,
    tags: [...(meta.tags ?? [])],
    ...resolvePriority(meta.priority ?? 0),
    log: meta.log ?? null,
    notify: meta.notify === undefined ? null : meta.notify === false ? [] : [meta.notify].flat(),
    ping: meta.ping ?? null,
    options: meta.options ?? {},
  };
}

/** How lists show a priority; undefined for the default. */
export function priorityText({ priority, priorityLabel }: ResolvedMeta): string | undefined {
  if (priorityLabel) return priority === 0 ? priorityLabel : `${priorityLabel} (${priority})`;
  return priority === 0 ? undefined : String(priority);
}

function resolvePriority(given: number | string): Pick<ResolvedMeta, "priority" | "priorityLabel"> {
  const number = typeof given === "string" && given.trim() === "" ? Number.NaN : Number(given);
  if (Number.isFinite(number)) return { priority: number, priorityLabel: null };
  const label = String(given);
  return { priority: priorityLabels.get(label.toLowerCase()) ?? 0, priorityLabel: label };
}
