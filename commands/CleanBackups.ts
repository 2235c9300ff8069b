import { command } from "../app/console/command";
import cleanBackup from "../app/programs/clean-backup";

export default command({
  description: "Delete backups older than BACKUP_RETENTION_DAYS, never the newest",
  schedule: "0 3 * * *",
  timeout: "10m",
  tags: ["backup", "cleanup"],
  environments: ["demo"],
  options: {
    days: { type: "string", description: "Overrides BACKUP_RETENTION_DAYS (default 30)" },
    "dry-run": { type: "boolean", default: false, description: "Only show what would be deleted" },
  },
  run: cleanBackup.run,
});
