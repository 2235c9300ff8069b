import { command } from "../app/console/command";
import { createBackup } from "../app/services/backup/createBackup";
import { logInfo } from "../app/services/Logger";

export default command({
  description: "Back the database up into an encrypted file",
  schedule: "30 1 * * *",
  timeout: "1h",
  tags: ["backup"],
  environments: ["demo"],

  async run({ run, signal }) {
    const { file, bytes } = await createBackup({ now: run.startedAt, signal });
    logInfo("Database backed up", { file, bytes });
    return `Backed up to ${file} (${bytes} bytes)`;
  },
});
