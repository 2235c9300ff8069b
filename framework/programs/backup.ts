import { createBackup } from "../services/backup/createBackup";
import { logInfo } from "../services/Logger";
import { command } from "../start/command";

// node build/backup.js
export default command({
  description: "Back up the database to an encrypted file",
  timeout: "1h",

  async run({ run, signal }) {
    const { file, bytes } = await createBackup({ now: run.startedAt, signal });
    logInfo("Database backed up", { file, bytes });
    return `Backed up to ${file} (${bytes} bytes)`;
  },
});
