// This is not a test: it is code as in scripts written for Laju, which must pass the type check unchanged.
import Cache from "app/services/CacheService";
import DB from "../../../framework/services/DB";
import { logError, logInfo } from "../../../framework/services/Logger";
import Mailer, { MailTo } from "../../../framework/services/Mailer";
import Redis from "../../../framework/services/Redis";
import SQLite from "../../../framework/services/SQLite";

export async function lajuStyle() {
  try {
    const user = await DB.from("users").where("id", 1).first();
    logInfo(`User ${user.name}`, { email: user.email });
    const posts = await DB.from("posts").select("*").orderBy("created_at", "desc").limit(10);
    // biome-ignore lint/suspicious/noExplicitAny: Laju's own style.
    const titles = (posts: any[]) => posts.map((post) => post.title).join();
    await MailTo({ to: user.email, subject: "Digest", text: titles(posts) });
    await Mailer.send({
      to: user.email,
      subject: "Digest",
      html: `<p>${titles(posts)}</p>`,
      attachments: [],
    });
    const response = await fetch("https://api.example.com/data");
    const data = await response.json();
    for (const item of data.items) {
      await DB.table("items")
        .insert({ external_id: item.id, data: JSON.stringify(item) })
        .onConflict("external_id")
        .merge();
    }
    const [id] = await DB("jobs").insert({ type: "mail", data: "{}", status: "pending" });
    const [{ id: returned }] = await DB("jobs").insert({ type: "mail" }).returning("id");
    const deleted = await DB.from("sessions")
      .where("created_at", "<", Date.now() - 86_400_000)
      .delete();
    const { count } = await DB("users").count("* as count").first();
    await DB.transaction(async (trx) => {
      const job = await trx.from("jobs").where("status", "pending").orderBy("id").first();
      if (job) await trx("jobs").where("id", job.id).update({ status: "processing", started_at: new Date() });
    });
    await DB.connection("test").raw("select 1");
    await Redis.set("key", "value", 60);
    await Redis.set("key", "value", "EX", 60);
    await Redis.lpush("queue", ["a", "b"]);
    await Redis.del(["key", "other"]);
    const cached = await Cache.remember("stats", 60, async () => DB("users").count("* as count").first());
    const row = SQLite.get("select * from users where id = ?", [1]);
    logInfo("Done", { id, returned, deleted, total: count + 1, cached: cached.count, row: row.name });
    process.exit(0);
  } catch (error) {
    logError("Failed", { error: error.message, code: error.code });
    process.exit(1);
  }
}

export async function moreOfIt() {
  const [{ total }] = await DB("orders").sum("amount as total");
  const latest = await DB("orders").max("created_at as at").first();
  const perDay = await DB("orders").select("day").count("* as count").groupBy("day");
  const unique = await DB.from("visits").countDistinct("user_id as count").first();
  const joined = await DB("a").join("b", "a.id", "b.a_id").leftJoin("c", "c.id", "a.id").select("a.*");
  // If the type of a row is declared, the result has that type.
  const typed = await DB<{ id: number }>("orders").where({ id: 1 }).first();
  return [
    total.toFixed(),
    latest.at,
    perDay.map((row) => row.count),
    unique.count,
    joined[0].id,
    typed?.id.toFixed(),
  ];
}
