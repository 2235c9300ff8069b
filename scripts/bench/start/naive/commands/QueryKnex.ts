import DB from "../services/DB";
import { logInfo } from "../services/Logger";

(async () => {
  logInfo("Started", { source: "bench" });
  const user = await DB("users").where("id", 1).first();
  logInfo("Found", { user: user?.id ?? null });
  logInfo("Done", { count: 3 });
  process.exit(0);
})();
