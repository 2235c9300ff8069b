import { command } from "../app/console/command";
import restore from "../app/programs/restore";

// This command has no schedule, because only a person may replace a database, by passing --yes.
export default command({
  description: "Replace the database with a backup",
  tags: ["backup"],
  environments: ["demo"],
  options: {
    file: { type: "string", description: "The backup: a name in the backup folder or a path" },
    latest: { type: "boolean", default: false, description: "Restore the newest backup of this database" },
    from: { type: "string", description: "The database that the backup is from, if not this app's" },
    check: { type: "boolean", default: false, description: "Only verify the backup" },
    yes: { type: "boolean", default: false, description: "Confirm that the database may be replaced" },
  },
  run: restore.run,
});
