import { command } from "app/console/command";
import { logInfo } from "app/services/Logger";
import Redis from "app/services/Redis";

export default command({
  description: "One SET",
  schedule: "* * * * *",
  async run() {
    logInfo("Started", { source: "bench" });
    const answer = await Redis.set("laju:bench", "1");
    logInfo("Set", { answer });
    logInfo("Done", { count: 3 });
  },
});
