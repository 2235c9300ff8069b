import { LajuError } from "../config/errors";
import { cleanBackups, retentionDays } from "../services/backup/backupFiles";
import { logInfo } from "../services/Logger";
import { command } from "../start/command";

// node build/clean-backup.js
export default command({
  description: "Delete backups older than BACKUP_RETENTION_DAYS, never the newest",
  timeout: "10m",
  options: {
    days: { type: "string", description: "Overrides BACKUP_RETENTION_DAYS (default 30)" },
    "dry-run": { type: "boolean", default: false, description: "Only show what would be deleted" },
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

function daysBefore(now: Date, days: string): number {
  if (/^[1-9]\d{0,4}$/.test(days)) return now.getTime() - Number(days) * 86_400_000;
  throw new LajuError(`--days is ${JSON.stringify(days)}, expected a whole number from 1 to 99999`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "For example --days 30.",
  });
}
