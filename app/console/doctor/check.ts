import type { readCrontab } from "../systemCrontab";

/** What a check found, and how to mend it. */
export interface Finding {
  state: "fine" | "warning" | "bad";
  message: string;
  cure?: string | undefined;
}

/** What checks that look at the same things share, so that each is looked at once. */
export interface Looking {
  read: typeof readCrontab;
  /** Whose crontab it is, where it is another user's. */
  user?: string | undefined;
}

/** One thing that makes cron fail without a word. */
export interface Check {
  name: string;
  look(looking: Looking): Promise<Finding> | Finding;
}

/** A check of this machine alone, which answers within milliseconds. */
export interface LocalCheck extends Check {
  look(looking: Looking): Finding;
}

export interface CheckResult extends Finding {
  name: string;
}

export const fine = (message: string): Finding => ({ state: "fine", message });
export const warning = (message: string, cure?: string): Finding => ({ state: "warning", message, cure });
export const bad = (message: string, cure?: string): Finding => ({ state: "bad", message, cure });
