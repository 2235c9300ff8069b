import { join } from "node:path";
import { paths } from "../config/config";
import { readOwn } from "../files/openFile";

/** What crontab:install was told and did, kept beside the ledger: nobody missed what was not there yet. */
export interface Installation {
  at: number;
  options: TargetOptions;
  /** The folder that the block is known by. */
  root?: string | undefined;
  /** Whether --node named the node; else it is the one that ran crontab:install. */
  isNodeChosen?: boolean | undefined;
  /** The build that the entries are of, by its id in `builds`. */
  build?: string | undefined;
  /** The builds that were installed here: when for the first time, and how old the file that describes it was. */
  builds?: Record<string, { since: number; builtAt: number }> | undefined;
  commands: Record<string, { entries: string; since: number }>;
  /** The cron daemon's own TZ, where it has one: only root can see it. */
  daemonTimezone?: string | undefined;
}

export interface TargetOptions {
  root?: string | undefined;
  node?: string | undefined;
  "log-dir"?: string | undefined;
  env?: string | undefined;
  portable?: boolean | undefined;
  user?: string | undefined;
  /** Which cron it is, where --cron said so. */
  cron?: string | undefined;
}

export const installationFile = join(paths.data, "installation.json");

/** The last installation of this app, if laju did it. */
export function readInstallation(): Installation | undefined {
  try {
    return JSON.parse(readOwn(installationFile).toString()) as Installation;
  } catch {
    return undefined; // Never installed, or not by this user.
  }
}
