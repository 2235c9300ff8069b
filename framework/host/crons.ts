import { LajuError } from "../config/errors";

/** The cron implementations that laju supports. `unknown` means any other. */
export const cronNames = ["debian", "cronie", "busybox", "systemd-cron", "bcron", "unknown"] as const;

export type CronName = (typeof cronNames)[number];

/**
 * How a daemon handles clock changes.
 * - `vixie`: Skipped times run right after the gap, and repeated ones run once.
 * - `wall`: Fields are compared with the wall clock, so skipped times are lost and repeated ones run twice.
 * - `wall once`: Like `wall`, but nothing runs during the second pass of the repeated hour.
 * - `late`: Skipped times shift forward by the gap, and repeated ones run once, even if fields begin with `*`. Only entries
 *   that run in every hour follow the wall clock.
 */
export type ClockChanges = "vixie" | "wall" | "wall once" | "late";

/** The properties in which cron implementations differ. Every line that laju writes depends on them. */
export interface CronFacts {
  name: CronName;
  /** The cron's name in messages. */
  label: string;
  /**
   * Whether it treats day fields and `%` as Vixie's cron does. For other crons, laju writes lines that every cron reads
   * the same way.
   */
  isVixie: boolean;
  clockChanges: ClockChanges;
  /** Whether it starts an entry again while the previous run of that entry is still active. */
  startsTwice: boolean;
  hasReboot: boolean;
  /** The file that exists once this boot's @reboot entries have started; undefined if it has no @reboot. */
  rebootFlag?: string;
  /** Whether runs start in the first seconds of their minute. */
  isPrompt: boolean;
  /** Whether a `#` inside a line begins a comment. */
  cutsAtHash: boolean;
  /** Whether repeated spaces are collapsed into one. */
  joinsSpaces: boolean;
  /** The maximum number of entries in a crontab, for root and for other users. */
  maxEntries: { root: number; others: number };
  /** Whether it reads /etc/cron.d. */
  readsCronD: boolean;
  /** Crontab settings that change when the entries below them start, with the values that have no effect. */
  neutralSettings: Readonly<Record<string, string>>;
  /** Whether CRON_TZ in a crontab sets the time zone of the entries below it. */
  readsCronTz: boolean;
  /** Limits that users of this cron should know. Each completes a sentence that begins with "It". */
  limits: readonly string[];
}

const vixie = {
  isVixie: true,
  clockChanges: "vixie",
  startsTwice: true,
  hasReboot: true,
  rebootFlag: "/run/crond.reboot",
  isPrompt: true,
  cutsAtHash: false,
  joinsSpaces: false,
  maxEntries: { root: 10_000, others: 10_000 },
  readsCronD: true,
  neutralSettings: {},
  readsCronTz: false,
  limits: [],
} as const satisfies Omit<CronFacts, "name" | "label">;

const facts: Record<CronName, CronFacts> = {
  debian: { ...vixie, name: "debian", label: "Debian's cron" },
  cronie: {
    ...vixie,
    name: "cronie",
    label: "cronie",
    rebootFlag: "/run/cron.reboot",
    neutralSettings: { RANDOM_DELAY: "0" },
    readsCronTz: true,
  },
  busybox: {
    name: "busybox",
    label: "BusyBox crond",
    isVixie: false,
    clockChanges: "wall",
    startsTwice: false,
    // Debian's BusyBox 1.35.0 crashes on any line that begins with @.
    hasReboot: false,
    isPrompt: true,
    cutsAtHash: true,
    joinsSpaces: false,
    maxEntries: { root: 65_534, others: 255 },
    readsCronD: false,
    neutralSettings: {},
    readsCronTz: false,
    limits: [
      "cannot start commands at @reboot",
      "reads at most 255 entries for each user other than root",
      "starts nothing when the clock jumps by more than an hour",
    ],
  },
  "systemd-cron": {
    name: "systemd-cron",
    label: "systemd-cron",
    isVixie: false,
    clockChanges: "wall once",
    startsTwice: false,
    hasReboot: true,
    rebootFlag: "/run/crond.reboot",
    isPrompt: false,
    cutsAtHash: false,
    joinsSpaces: true,
    maxEntries: { root: 10_000, others: 10_000 },
    readsCronD: true,
    // A RANDOM_DELAY of one minute has no effect.
    neutralSettings: { RANDOM_DELAY: "1", PERSISTENT: "auto", DELAY: "0" },
    readsCronTz: true,
    limits: [
      "starts commands up to a minute late, so seconds are rejected",
      "starts nothing the second time an hour passes when the clocks go back",
    ],
  },
  bcron: {
    name: "bcron",
    label: "bcron",
    isVixie: false,
    clockChanges: "late",
    startsTwice: true,
    hasReboot: false,
    isPrompt: true,
    cutsAtHash: false,
    joinsSpaces: false,
    maxEntries: { root: 10_000, others: 10_000 },
    readsCronD: true,
    neutralSettings: {},
    readsCronTz: false,
    limits: ["cannot start commands at @reboot"],
  },
  unknown: {
    name: "unknown",
    label: "a cron that laju does not know",
    isVixie: false,
    clockChanges: "wall",
    startsTwice: false,
    hasReboot: false,
    isPrompt: false,
    cutsAtHash: true,
    joinsSpaces: true,
    maxEntries: { root: 255, others: 255 },
    readsCronD: false,
    neutralSettings: {},
    readsCronTz: false,
    limits: [
      "gets only entries that every known cron supports: no @reboot, no seconds, no # in a path, at most 255",
    ],
  },
};

export function cronFacts(name: CronName): CronFacts {
  return facts[name];
}

/** Parses `--cron`; undefined for `auto`, which detects the host's cron. */
export function parseCronName(text: string): CronName | undefined {
  if (text === "auto") return undefined;
  const name = cronNames.find((one) => one === text);
  if (name !== undefined) return name;
  throw new LajuError(`--cron ${JSON.stringify(text)} is not a cron that laju supports`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: `Supported: ${cronNames.slice(0, -1).join(", ")}. For any other, use --cron unknown, which uses only what all of them support.`,
  });
}
