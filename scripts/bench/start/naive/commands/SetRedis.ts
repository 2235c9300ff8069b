import { logInfo } from "../services/Logger";
import Redis from "../services/Redis";

(async () => {
  logInfo("Started", { source: "bench" });
  const answer = await Redis.set("laju:bench", "1");
  logInfo("Set", { answer });
  logInfo("Done", { count: 3 });
  process.exit(0);
})();
