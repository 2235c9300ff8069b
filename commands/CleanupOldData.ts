import { command } from "../app/console/command";
import { daysBefore } from "../app/services/calendar";
import DB from "../app/services/DB";
import { logInfo } from "../app/services/Logger";

export default command({
  description: "Delete old sessions and expired tokens",
  schedule: "0 2 * * *",
  timeout: "10m",
  tags: ["cleanup"],
  environments: ["demo"],
  options: {
    days: { type: "string", default: "30", description: "Keep sessions used within this many days" },
  },

  async run({ options, run }) {
    const oldest = daysBefore(run.startedAt, options.days);

    // In one transaction: if there is an error, nothing is deleted and the next run starts over.
    const { sessions, tokens } = await DB.transaction(async (trx) => ({
      sessions: await trx("sessions").where("updated_at", "<", oldest).delete(),
      tokens: await trx("tokens").where("expires_at", "<", run.startedAt.getTime()).delete(),
    }));

    logInfo("Old data deleted", { sessions, tokens });
    return { message: `Deleted ${sessions} sessions and ${tokens} tokens`, processed: sessions + tokens };
  },
});
