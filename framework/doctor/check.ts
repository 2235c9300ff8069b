import type { Looking } from "./checkContext";

/** What a check found, and how to mend it. */
export interface Finding {
  state: "fine" | "warning" | "bad";
  message: string;
  cure?: string | undefined;
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
