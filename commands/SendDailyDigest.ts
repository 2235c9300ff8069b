import { command } from "../app/console/command";
import { dayBefore } from "../app/services/calendar";
import DB from "../app/services/DB";
import { logError, logInfo } from "../app/services/Logger";
import Mailer from "../app/services/Mailer";

export default command({
  description: "Email yesterday's posts to everyone who opted in",
  schedule: "0 8 * * *",
  timeout: "30m",
  tags: ["mail"],
  environments: ["demo"],

  async run({ run, signal }) {
    const yesterday = dayBefore(run.startedAt);
    const posts = await postsOf(yesterday);
    if (posts.length === 0) return `No posts on ${yesterday.name}, so no mail was sent`;

    const readers = await readersWithout(yesterday.name);
    let failed = 0;
    for (const reader of readers) {
      // Stop only between mails: the next run continues with the remaining readers.
      signal.throwIfAborted();
      try {
        await deliver(reader, yesterday.name, posts);
      } catch (error) {
        // One bad address must not keep others from getting their mail. A count in `failed` makes the run exit with
        // status 1.
        failed += 1;
        logError("Digest not sent", error, { userId: reader.id });
      }
    }

    const processed = readers.length - failed;
    logInfo("Digest sent", { day: yesterday.name, posts: posts.length, processed, failed });
    return { message: `Sent ${processed} digests of ${yesterday.name}, ${failed} failed`, processed, failed };
  },
});

interface Reader {
  id: number;
  name: string;
  email: string;
}

function postsOf({ from, to }: { from: number; to: number }) {
  return DB.from("posts")
    .join("users", "users.id", "posts.user_id")
    .where("posts.status", "published")
    .where("posts.published_at", ">=", from)
    .where("posts.published_at", "<", to)
    .orderBy("posts.published_at")
    .select("posts.title", "posts.body", "users.name as author");
}

function readersWithout(day: string): Promise<Reader[]> {
  const delivered = DB.from("digest_deliveries").where({ day }).select("user_id");
  return DB.from("users")
    .where("wants_digest", true)
    .whereNotIn("id", delivered)
    .orderBy("id")
    .select("id", "name", "email");
}

/**
 * Records the delivery before sending the mail. If the run is killed in between, one reader misses a digest, which is
 * better than mailing someone twice. If the mail is rejected, the record is removed, so that the next run retries.
 */
async function deliver(reader: Reader, day: string, posts: object[]): Promise<void> {
  const delivery = { user_id: reader.id, day };
  await DB("digest_deliveries").insert({ ...delivery, sent_at: Date.now() });
  try {
    await Mailer.send({
      to: reader.email,
      subject: `Your digest of ${day}`,
      view: "digest",
      data: { reader, day, posts },
    });
  } catch (error) {
    await DB("digest_deliveries").where(delivery).delete();
    throw error;
  }
}
