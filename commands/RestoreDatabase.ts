import { command } from "../app/console/command";
import restore from "../app/programs/restore";

// No schedule: replacing a database is asked for by a person, with --yes.
export default command({
  description: "Replace the database with a backup",
  tags: ["backup"],
  environments: ["demo"],
  options: {
    file: { type: "string", description: "The backup: its name in the backup folder, or a path" },
    latest: { type: "boolean", default: false, description: "The newest backup of this database" },
    from: { type: "string", description: "The database that it is a backup of, if not this app's own" },
    check: { type: "boolean", default: false, description: "Read the backup through, change nothing" },
    yes: { type: "boolean", default: false, description: "Really replace the database" },
  },
  run: restore.run,
});
