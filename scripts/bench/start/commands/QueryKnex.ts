import { command } from "app/console/command";
import DB from "app/services/DB";
import { logInfo } from "app/services/Logger";

export default command({
  description: "One query through knex",
  schedule: "* * * * *",
  async run() {
    logInfo("Started", { source: "bench" });
    const user = await DB("users").where("id", 1).first();
    logInfo("Found", { user: user?.id ?? null });
    logInfo("Done", { count: 3 });
  },
});
