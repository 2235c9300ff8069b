import { command } from "../app/console/command";
import Cache from "../app/services/CacheService";
import DB from "../app/services/DB";
import { logInfo } from "../app/services/Logger";

// Keep the lists for longer than the ten minutes until the next run, so that the cache isn't empty if a run is late.
const minutesKept = 25;

export default command({
  description: "Compute the front page's lists before anyone asks for them",
  schedule: "*/10 * * * *",
  timeout: "5m",
  tags: ["cache"],
  environments: ["demo"],

  async run({ run }) {
    const lists = {
      "posts:latest": await latestPosts(),
      "authors:top": await topAuthors(run.startedAt.getTime() - 30 * 86_400_000),
    };
    // The cache is the table `cache`, or Redis with CACHE_STORE=redis, because memory is lost when the process exits.
    for (const [key, list] of Object.entries(lists)) await Cache.put(key, list, minutesKept);

    const keys = Object.keys(lists);
    logInfo("Cache warmed", { keys });
    return { message: `Warmed ${keys.join(" and ")}`, processed: keys.length };
  },
});

function latestPosts() {
  return DB.from("posts")
    .join("users", "users.id", "posts.user_id")
    .where("posts.status", "published")
    .orderBy("posts.published_at", "desc")
    .limit(10)
    .select("posts.id", "posts.title", "users.name as author");
}

function topAuthors(since: number) {
  return DB.from("posts")
    .join("users", "users.id", "posts.user_id")
    .where("posts.status", "published")
    .where("posts.published_at", ">=", since)
    .groupBy("users.id", "users.name")
    .orderBy([{ column: "published", order: "desc" }, { column: "users.name" }])
    .limit(5)
    .select("users.name")
    .count("* as published");
}
