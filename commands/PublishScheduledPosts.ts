import type { CommandMeta } from "../app/console/command";
import DB from "../app/services/DB";
import { logError, logInfo } from "../app/services/Logger";

// A command in the form of a script: plain code that runs when its file is started. `meta` contains its schedule.
export const meta = {
  description: "Publish posts whose time has come",
  schedule: "*/5 * * * *",
  timeout: "2m",
  environments: ["demo"],
} satisfies CommandMeta;

(async () => {
  try {
    // One statement both selects and updates the posts, so two concurrent runs can't publish a post twice.
    const published = await DB("posts")
      .where("status", "scheduled")
      .where("published_at", "<=", Date.now())
      .update({ status: "published" });
    logInfo("Posts published", { published });
    process.exit(0);
  } catch (error) {
    logError("Posts could not be published", error);
    process.exit(1);
  }
})();
