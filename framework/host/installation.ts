import { join } from "node:path";
import { paths } from "../config/config";
import { readOwn } from "../files/openFile";

/** A record of the last crontab:install. For example, starts before an entry was installed don't count as missed. */
export interface Installation {
  at: number;
  options: TargetOptions;
  /** The root of the installed block. */
  root?: string | undefined;
  /** Whether the Node binary was given with --node. Otherwise it is the one that ran crontab:install. */
  isNodeChosen?: boolean | undefined;
  /** The id (a key of `builds`) of the build whose entries are installed. */
  build?: string | undefined;
  /** The builds that have been installed on this host, by id: when each was first installed, and when it was built. */
  builds?: Record<string, { since: number; builtAt: number }> | undefined;
  commands: Record<string, { entries: string; since: number }>;
  /** The cron daemon's TZ, if set, which only root can see. */
  daemonTimezone?: string | undefined;
}

export interface TargetOptions {
  root?: string | undefined;
  node?: string | undefined;
  "log-dir"?: string | undefined;
  env?: string | undefined;
  portable?: boolean | undefined;
  user?: string | undefined;
  /** The cron given with --cron. */
  cron?: string | undefined;
}

export const installationFile = join(paths.data, "installation.json");

/** Caches the parsed file: a verb reads it about twenty times, and parsing it is slow if there are many commands. */
let last: { text: string; installation: Readonly<Installation> } | undefined;

/** The last installation of this app, if there is a record of it. */
export function readInstallation(): Readonly<Installation> | undefined {
  try {
    const text = readOwn(installationFile).toString();
    if (last?.text !== text) last = { text, installation: JSON.parse(text) };
    return last.installation;
  } catch {
    return undefined; // No entries were ever installed, or this user is not allowed to read the file.
  }
}
