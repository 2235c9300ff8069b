import { installedBlock, installedRoot } from "../crontab/install/installedOptions";
import { readingOnce } from "../crontab/install/systemCrontab";
import { type EntryParts, entriesIn } from "../crontab/text/entryParts";
import { type HostCron, hostCron } from "../host/hostCron";
import { readInstallation } from "../host/installation";
import { installedLogs } from "./app/installedLogs";

/** What the checks look at. Each thing is read only once, however many checks need it. */
export interface CheckContext {
  read: ReturnType<typeof readingOnce>;
  /** The crontab's user, if it isn't our own crontab. */
  user?: string | undefined;
  /** The cron of this host. Finding its daemon reads something about each process. */
  cron(): HostCron;
  /** The folder that names the app's block, whether or not the block is installed. */
  root(): string;
  /** The log files that crontab:install would use, and those that the installed entries use. */
  logs(): string[];
  /** The installed entries; undefined if there is no installed block. */
  entries(): readonly EntryParts[] | undefined;
}

/** For the crontab that crontab:install wrote, unless another user's is asked for. */
export function checkContext(asked: string | undefined, read = readingOnce()): CheckContext {
  const user = asked ?? readInstallation()?.options.user;
  const entries = once(() => {
    const block = installedBlock({ user }, read);
    return block && entriesIn(block.body);
  });
  return {
    read,
    user,
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
