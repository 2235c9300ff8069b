import { chooseBackup, requireConfirmation } from "../services/backup/chooseBackup";
import { checkBackup, restoreBackup } from "../services/backup/restoreBackup";
import { logInfo } from "../services/Logger";
import { command } from "../start/command";

// node build/restore.js
export default command({
  description: "Replace the database with a backup",
  options: {
    file: { type: "string", description: "The backup: a name in the backup folder or a path" },
    latest: { type: "boolean", default: false, description: "Restore the newest backup of this database" },
    from: { type: "string", description: "The database that the backup is from, if not this app's" },
    check: { type: "boolean", default: false, description: "Only verify the backup" },
    yes: { type: "boolean", default: false, description: "Confirm that the database may be replaced" },
  },

  async run({ args, options, run, signal }) {
    const backup = chooseBackup({
      file: options.file ?? args[0],
      latest: options.latest,
      from: options.from,
    });
    if (options.check) {
      await checkBackup(backup, { signal });
      return `${backup} is intact`;
    }

    requireConfirmation(options.yes, backup);
    const { database, replaced } = await restoreBackup(backup, {
      now: run.startedAt,
      signal,
      from: options.from,
    });
    logInfo("Database restored", { backup, database, replaced });
    return replaced === undefined
      ? `Restored ${database} from ${backup}`
      : `Restored ${database} from ${backup}; the previous one was kept as ${replaced}`;
  },
});
