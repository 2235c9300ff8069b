import { logInfo } from "../services/Logger";
import SQLite from "../services/SQLite";

logInfo("Started", { source: "bench" });
const user = SQLite.prepare("SELECT * FROM users WHERE id = ?").get(1);
logInfo("Found", { user: user?.id ?? null });
logInfo("Done", { count: 3 });
process.exit(0);
