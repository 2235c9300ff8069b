import { command } from "../../app/console/command";
import { monthBefore, type Period } from "../../app/services/calendar";
import DB from "../../app/services/DB";
import { logInfo } from "../../app/services/Logger";
import Mailer from "../../app/services/Mailer";

export default command({
  description: "Store last month's figures and email them to the administrators",
  schedule: "0 6 1 * *",
  timeout: "10m",
  tags: ["mail", "report"],
  environments: ["demo"],
  options: {
    mail: { type: "boolean", default: true, description: "Email the figures; --no-mail only stores them" },
  },

  async run({ options, run }) {
    const month = monthBefore(run.startedAt);
    const figures = await figuresOf(month);

    // A second run for the same month replaces the figures of the first.
    await DB("monthly_reports")
      .insert({ month: month.name, ...figures, created_at: Date.now() })
      .onConflict("month")
      .merge();
    logInfo("Monthly report stored", { month: month.name, ...figures });
    if (!options.mail) return `Stored the report for ${month.name}`;

    const to: string[] = await DB.from("users").where("role", "admin").pluck("email");
    // The administrators expect this mail, so having no recipients is a failure.
    if (to.length === 0)
      throw new Error("the report is stored, but no user has the role admin to mail it to");
    const data = { month: month.name, figures };
    await Mailer.send({ to, subject: `Report for ${month.name}`, view: "monthly", data });
    return { message: `Report for ${month.name} stored and mailed`, processed: to.length };
  },
});

async function figuresOf({ from, to }: Period) {
  const users = DB.from("users").where("created_at", ">=", from).where("created_at", "<", to);
  const sessions = DB.from("sessions").where("updated_at", ">=", from).where("updated_at", "<", to);
  const posts = DB.from("posts")
    .where("status", "published")
    .where("published_at", ">=", from)
    .where("published_at", "<", to);
  return {
    new_users: await number(users.count("* as count").first()),
    posts: await number(posts.clone().count("* as count").first()),
    authors: await number(posts.clone().countDistinct("user_id as count").first()),
    active_users: await number(sessions.countDistinct("user_id as count").first()),
  };
}

/** PostgreSQL returns counts as strings. */
async function number(row: PromiseLike<{ count: number | string } | undefined>): Promise<number> {
  return Number((await row)?.count ?? 0);
}
