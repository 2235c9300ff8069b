import { command } from "app/console/command";
import { logInfo } from "app/services/Logger";
import SQLite from "app/services/SQLite";

export default command({
  description: "One query through better-sqlite3",
  schedule: "* * * * *",
  run() {
    logInfo("Started", { source: "bench" });
    const user = SQLite.get("SELECT * FROM users WHERE id = ?", 1);
    logInfo("Found", { user: user?.id ?? null });
    logInfo("Done", { count: 3 });
  },
});
