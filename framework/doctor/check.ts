import type { CheckContext } from "./checkContext";

/** The result of a check, and how to fix a problem. */
export interface Finding {
  state: "fine" | "warning" | "bad";
  message: string;
  cure?: string | undefined;
}

/** Checks for one cause of silent failures under cron. */
export interface Check {
  name: string;
  look(context: CheckContext): Promise<Finding> | Finding;
}

/** A check that needs only this machine and takes a few milliseconds. */
export interface LocalCheck extends Check {
  look(context: CheckContext): Finding;
}

export interface CheckResult extends Finding {
  name: string;
}

export const fine = (message: string): Finding => ({ state: "fine", message });
export const warning = (message: string, cure?: string): Finding => ({ state: "warning", message, cure });
export const bad = (message: string, cure?: string): Finding => ({ state: "bad", message, cure });
