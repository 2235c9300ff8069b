import type { CheckContext } from "./checkContext";

/** What a check found, and how to fix it. */
export interface Finding {
  state: "fine" | "warning" | "bad";
  message: string;
  cure?: string | undefined;
}

/** Looks for one thing that makes cron fail silently. */
export interface Check {
  name: string;
  look(context: CheckContext): Promise<Finding> | Finding;
}

/** A check that looks only at this machine and answers within milliseconds. */
export interface LocalCheck extends Check {
  look(context: CheckContext): Finding;
}

export interface CheckResult extends Finding {
  name: string;
}

export const fine = (message: string): Finding => ({ state: "fine", message });
export const warning = (message: string, cure?: string): Finding => ({ state: "warning", message, cure });
export const bad = (message: string, cure?: string): Finding => ({ state: "bad", message, cure });
