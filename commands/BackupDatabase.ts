import { command } from "../app/console/command";
import backup from "../app/programs/backup";

export default command({
  description: "Back up the database to an encrypted file",
  schedule: "30 1 * * *",
  timeout: "1h",
  tags: ["backup"],
  environments: ["demo"],
  run: backup.run,
});
