import { queueEngine } from "../../../framework/queue/engines/select";
import { newJob } from "../../../framework/queue/newJob";
import DB from "../../../framework/services/DB";

// Queues jobs, as a web process does while workers process them. Every third push shares a transaction with the
// insertion of another row.

const count = Number(process.argv[2]);
const engine = await queueEngine();
for (let n = 0; n < count; n++) {
  const jobs = [newJob("Quick", { n })];
  if (n % 3 > 0) await engine.push(jobs);
  else
    await DB.transaction(async (trx) => {
      await trx("cache").insert({ key: `web ${n}`, value: "{}", expires_at: 0 });
      await engine.push(jobs, trx);
    });
}
process.stdout.write("queued all\n");
process.exit(0);
