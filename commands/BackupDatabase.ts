import { command } from "../app/console/command";
import backup from "../app/programs/backup";

export default command({
  description: "Back the database up into an encrypted file",
  schedule: "30 1 * * *",
  timeout: "1h",
  tags: ["backup"],
  environments: ["demo"],
  run: backup.run,
});
