import type { OptionSpecs } from "./optionSpecs";

/**
 * What a command says about itself. It is read from the source without running it, so every value is a
 * literal. Each field's rules stand once, in `metaFields` (readMeta.ts).
 */
export interface CommandMeta {
  /** One line for lists and for the comment above the crontab entry. */
  description?: string;
  /** When cron starts it: one expression or several. Without one it is started by hand only. */
  schedule?: string | readonly string[];
  /** The IANA time zone the schedule is meant in (default: the host's). */
  timezone?: string;
  /** The longest a run may take, such as "90s", "10m", "1h30m" (default: no limit). */
  timeout?: string;
  /**
   * What a start does while an earlier run goes on: "skip" it (the default with a schedule), "wait" for its
   * end, or "allow" both (the default without a schedule, and always under pm2).
   */
  overlap?: Overlap;
  /** The environments (NODE_ENV) in which it is put on the crontab (default: all). */
  environments?: readonly string[];
  /** false leaves it out of the crontab (default: true). */
  enabled?: boolean;
  /** Words to pick commands by: `laju run --tag mail`. */
  tags?: readonly string[];
  /** Orders lists and crontab lines, the highest first: a number, or "low" | "normal" | "high" (default: 0). */
  priority?: number | "low" | "normal" | "high";
  /** Where cron sends its output, absolute or below logs/ (default: NAME.log). */
  log?: string;
  /** What it takes on the command line, in the words of node:util's parseArgs. */
  options?: OptionSpecs;
}

export type Overlap = "skip" | "wait" | "allow";

/** The two forms of a command: `export default command({…})`, or any file that does its work when loaded. */
export type CommandForm = "declared" | "script";

/** A command's metadata with every default filled in. */
export interface ResolvedMeta {
  description: string;
  schedules: string[];
  timezone: string | null;
  timeout: string | null;
  overlap: Overlap;
  environments: string[] | null;
  enabled: boolean;
  tags: string[];
  priority: number;
  log: string | null;
  options: OptionSpecs;
}

const priorityLabels = { low: -10, normal: 0, high: 10 } as const;

/** The one table of defaults. */
export function resolveMeta(meta: CommandMeta): ResolvedMeta {
  return {
    description: meta.description ?? "",
    schedules: typeof meta.schedule === "string" ? [meta.schedule] : [...(meta.schedule ?? [])],
    timezone: meta.timezone ?? null,
    timeout: meta.timeout ?? null,
    overlap: meta.overlap ?? (meta.schedule === undefined ? "allow" : "skip"),
    environments: meta.environments ? [...meta.environments] : null,
    enabled: meta.enabled ?? true,
    tags: [...(meta.tags ?? [])],
    priority: typeof meta.priority === "string" ? priorityLabels[meta.priority] : (meta.priority ?? 0),
    log: meta.log ?? null,
    options: meta.options ?? {},
  };
}
