import { fixture } from "./fixture";

/** An app whose commands, job and migration import laju's modules in every form that users write. */
export const importForms = {
  "commands/Queues.ts": `
    import { command } from "../app/console/command";
    import Greet from "../app/jobs/Greet";
    import DB from "../app/services/DB";
    import Aliased from "app/services/DB";
    import Named from "laju/services/DB";
    export default command({ description: "Queues a greeting", schedule: "0 8 * * *", async run() {
      await Greet.push({ name: "Ada" });
      console.log("one DB:", DB === Aliased && DB === Named);
    } });`,
  "commands/reports/Prints.ts": `
    import { command } from "../../app/console/command";
    import DB from "app/services/DB";
    import Mailer from "../../app/services/Mailer";
    export default command({ description: "Prints the greetings", async run() {
      console.log((await DB("greetings").orderBy("id").pluck("text")).join());
      await Mailer.send({ to: "a@example.com", subject: "Greetings", view: "greeting", data: { name: "Ada" } });
      await DB("greetings").delete();
    } });`,
  "commands/script.ts": `
    import DB from "app/services/DB";
    import { logInfo } from "../app/services/Logger";
    (async () => {
      logInfo("Counted", { greetings: (await DB("greetings")).length });
      process.exit(0);
    })();`,
  "commands/Worker.ts": fixture("commands/Worker.ts"),
  "app/jobs/Greet.ts": `
    import { job, type JobContext } from "../queue/job";
    import DB from "../services/DB";
    import { logInfo } from "app/services/Logger";
    import { LajuError } from "laju/errors";
    export default job("Greet", { async run({ data }: JobContext<{ name: string }>) {
      if (!data.name) throw new LajuError("no name", { code: "E_NAME" });
      logInfo("Greets", { name: data.name });
      await DB("greetings").insert({ text: "Hello " + data.name });
    } });`,
  "app/migrations/20270101000000_create_greetings.ts": `
    import { logInfo } from "../services/Logger";
    import { logDebug } from "app/services/Logger";
    import type { Knex } from "knex";
    import { logInfo as named } from "laju/services/Logger";
    export async function up(knex: Knex) {
      await knex.schema.createTable("greetings", (table) => {
        table.increments("id");
        table.string("text");
      });
      logDebug("made");
      logInfo("Greetings made", { oneLogger: logInfo === named });
    }
    export const down = (knex: Knex) => knex.schema.dropTable("greetings");`,
  "app/views/greeting.ejs": "<p>Hello <%= name %></p>",
};
