import { logInfo } from "../services/Logger";

logInfo("Started", { source: "bench" });
logInfo("Working", { step: 2 });
logInfo("Done", { count: 3 });
process.exit(0);
