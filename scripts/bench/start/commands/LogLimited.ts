import { command } from "app/console/command";
import { logInfo } from "app/services/Logger";

export default command({
  description: "Logs three lines, with a time limit",
  schedule: "* * * * *",
  timeout: "10m",
  run() {
    logInfo("Started", { source: "bench" });
    logInfo("Working", { step: 2 });
    logInfo("Done", { count: 3 });
  },
});
