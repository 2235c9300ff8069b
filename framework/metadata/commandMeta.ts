import type { OptionSpecs } from "./optionSpecs";

/**
 * What a command says about itself. It is read from the source without running it, so every value is a
 * literal. Each field's rules stand once, in `metaFields` (metaFields.ts).
 */
export interface CommandMeta {
  /** One line for lists and for the comment above the crontab entry. */
  description?: string;
  /** When cron starts it: one expression or several. Without one it is started by hand only. */
  schedule?: string | readonly string[];
  /** The IANA time zone the schedule is meant in (default: the host's). */
  timezone?: string;
  /**
   * The longest a run may take, such as "90s", "10m", "1h30m" (default: COMMAND_TIMEOUT, else no limit); false for no
   * limit whatever COMMAND_TIMEOUT says.
   */
  timeout?: string | false;
  /**
   * What a start does while an earlier run goes on: "skip" it (the default with a schedule), "wait" for its
   * end, or "allow" both (the default without a schedule, and always under pm2).
   */
  overlap?: Overlap;
  /**
   * Of the servers that share Redis or a database, exactly one runs it at each scheduled moment. `whenUnavailable`
   * says what a start does that cannot ask that store: "fail" (the default, true), or "skip".
   */
  oneServer?: true | OneServer;
  /**
   * What `schedule:work` does about starts that it missed (suspended, restarted): "none" leaves them out
   * (the default), "last" makes up for the last one.
   */
  catchUp?: CatchUp;
  /** How often a failed run is tried again at once, each time in a process of its own (default: 0). */
  retries?: number;
  /** How long before the first retry, such as "30s"; doubled for each further one (default: "10s"). */
  retryDelay?: string;
  /** The environments (NODE_ENV) in which it is put on the crontab (default: all). */
  environments?: readonly string[];
  /** false leaves it out of the crontab (default: true). */
  enabled?: boolean;
  /** Words to pick commands by: `laju run --tag mail`. */
  tags?: readonly string[];
  /**
   * Orders lists and crontab lines, the highest first: a number, or "low", "normal" or "high" (default: 0). Any other word
   * is shown as it is and orders as "normal".
   */
  priority?: number | "low" | "normal" | "high" | (string & {});
  /** Where cron sends its output, absolute or below logs/ (default: NAME.log). */
  log?: string;
  /**
   * Who is told when it fails and when it works again: "mail" (NOTIFY_MAIL_TO), "webhook" (NOTIFY_WEBHOOK_URL), a
   * mail address, or several; false for nobody (default: whatever of the two is set).
   */
  notify?: false | NoticeChannel | readonly NoticeChannel[];
  /** A URL that is told of each run, as Healthchecks.io has it: URL/start, then URL or URL/fail. */
  ping?: string;
  /** What it takes on the command line, in the words of node:util's parseArgs. */
  options?: OptionSpecs;
}

export interface OneServer {
  readonly whenUnavailable: "skip" | "fail";
}
export type Overlap = "skip" | "wait" | "allow";
export type NoticeChannel = "mail" | "webhook" | `${string}@${string}`;
export type CatchUp = "none" | "last";

/**
 * The forms of a command: `export default command({…})` or an object like it, an exported function `run`, or any file that
 * does its work when loaded.
 */
export type CommandForm = "declared" | "run" | "script";

/** A command's metadata with every default filled in. */
export interface ResolvedMeta {
  description: string;
  schedules: string[];
  timezone: string | null;
  /** null: COMMAND_TIMEOUT decides; false: no limit. */
  timeout: string | false | null;
  overlap: Overlap;
  /** null: every server runs it. */
  oneServer: OneServer | null;
  catchUp: CatchUp;
  retries: number;
  retryDelay: string;
  environments: string[] | null;
  enabled: boolean;
  tags: string[];
  priority: number;
  /** The word that was given instead of a number. */
  priorityLabel: string | null;
  log: string | null;
  /** null: whatever is set up; empty: nobody. */
  notify: string[] | null;
  ping: string | null;
  options: OptionSpecs;
}

const priorityLabels = new Map([
  ["low", -10],
  ["normal", 0],
  ["high", 10],
]);

/** The one table of defaults. */
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

/** What lists show of a priority; undefined where there is nothing to say. */
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
