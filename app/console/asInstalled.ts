import { paths } from "../config";
import { findBlock } from "../schedule/crontabEdit";
import type { TargetOptions } from "./crontabTarget";
import { readInstallation } from "./installation";
import { readCrontab } from "./systemCrontab";

/**
 * What is not asked for is as crontab:install was told, so that its options are no drift. Its environment stands in the
 * block itself, the rest in data/installation.json.
 */
export function asInstalled(asked: TargetOptions, read = readCrontab): TargetOptions {
  // Whose crontab is meant is asked, or one's own: another's needs root.
  const { user: _, ...told } = readInstallation()?.options ?? {};
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const options: TargetOptions = { ...told, ...given };
  return { ...options, env: asked.env ?? installedEnvironment(options, read) ?? told.env };
}

/** The environment that the installed block is for; undefined where none was named with --env, or nothing is installed. */
export function installedEnvironment({ user, root }: TargetOptions, read = readCrontab): string | undefined {
  const place = root ?? readInstallation()?.options.root ?? paths.root;
  try {
    return findBlock(read(user === undefined ? {} : { user }).text, place)?.notes.environment;
  } catch {
    return undefined; // No crontab program, or a table that the verb itself complains about.
  }
}
