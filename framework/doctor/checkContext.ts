import { installedCommands } from "../crontab/install/installed/commands";
import { installedBlock, installedRoot } from "../crontab/install/installedOptions";
import { readingOnce } from "../crontab/install/systemCrontab";
import { type EntryParts, entriesIn } from "../crontab/text/entryParts";
import { type HostCron, hostCron } from "../host/hostCron";
import { readInstallation } from "../host/installation";
import { installedLogs } from "./app/installedLogs";

/** The data that checks read. Each part is read only once, even if several checks need it. */
export interface CheckContext {
  read: ReturnType<typeof readingOnce>;
  /** The crontab's user, unless it is this process's own. */
  user?: string | undefined;
  /** This host's cron. Detecting its daemon reads information about every process. */
  cron(): HostCron;
  /** The root of the app's block, or the root that the block would get if it is not installed. */
  root(): string;
  /** The log files that crontab:install would use, and those that the installed entries use. */
  logs(): string[];
  /** Whether anything starts the command with this name on schedule. */
  isInstalled(name: string): boolean;
  /** The installed entries; undefined if there is no installed block. */
  entries(): readonly EntryParts[] | undefined;
}

/** The context for the crontab that crontab:install wrote, or for another user's if `asked` names one. */
export function checkContext(asked: string | undefined, read = readingOnce()): CheckContext {
  const user = asked ?? readInstallation()?.options.user;
  const entries = once(() => {
    const block = installedBlock({ user }, read);
    return block && entriesIn(block.body);
  });
  const isInstalled = once(() => installedCommands({ user }, read));
  return {
    read,
    user,
    isInstalled: (name) => isInstalled()(name),
    cron: once(() => hostCron({ cron: readInstallation()?.options.cron })),
    root: once(() => installedRoot({ user }, read)),
    entries,
    logs: once(() => installedLogs(entries(), { user, read })),
  };
}

function once<T>(work: () => T): () => T {
  let known: { value: T } | undefined;
  return () => {
    known ??= { value: work() };
    return known.value;
  };
}
