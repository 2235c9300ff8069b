import { command } from "../app/console/command";
import { cleanBackups, retentionDays } from "../app/services/backup/backupFiles";
import { daysBefore } from "../app/services/calendar";
import { logInfo } from "../app/services/Logger";

export default command({
  description: "Delete backups older than BACKUP_RETENTION_DAYS, never the newest",
  schedule: "0 3 * * *",
  timeout: "10m",
  tags: ["backup", "cleanup"],
  environments: ["demo"],
  options: {
    days: { type: "string", description: "In place of BACKUP_RETENTION_DAYS (default 30)" },
    "dry-run": { type: "boolean", default: false, description: "Say what would be deleted, delete nothing" },
  },

  async run({ options, run }) {
    const olderThan = daysBefore(run.startedAt, options.days ?? retentionDays());
    const dryRun = options["dry-run"];
    const { deleted, kept } = cleanBackups({ olderThan, dryRun });
    for (const { file } of deleted) logInfo(dryRun ? "Backup would be deleted" : "Backup deleted", { file });
    return {
      message: `Backups: ${deleted.length} ${dryRun ? "would be " : ""}deleted, ${kept} kept`,
      processed: deleted.length,
    };
  },
});
