import { installedBlock, installedRoot } from "../crontab/install/installedOptions";
import { readingOnce } from "../crontab/install/systemCrontab";
import { type EntryParts, entriesIn } from "../crontab/text/entryParts";
import { readInstallation } from "../host/installation";
import { installedLogs } from "./app/installedLogs";

/** What checks look at, each thing once however many of them ask. */
export interface Looking {
  read: ReturnType<typeof readingOnce>;
  /** Whose crontab it is, where it is another user's. */
  user?: string | undefined;
  /** The folder that the app's block is known by, or would be. */
  root(): string;
  /** The logs that crontab:install would name, and those that the installed entries write. */
  logs(): string[];
  /** What the installed entries start; undefined where none are installed. */
  entries(): readonly EntryParts[] | undefined;
}

/** The crontab that crontab:install wrote, unless another user's is asked for. */
export function lookingAt(asked: string | undefined, read = readingOnce()): Looking {
  const user = asked ?? readInstallation()?.options.user;
  const entries = once(() => {
    const block = installedBlock({ user }, read);
    return block && entriesIn(block.body);
  });
  return {
    read,
    user,
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
