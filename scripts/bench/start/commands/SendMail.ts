import { command } from "app/console/command";
import { logInfo } from "app/services/Logger";
import Mailer from "app/services/Mailer";

export default command({
  description: "One mail over SMTP",
  schedule: "* * * * *",
  async run() {
    logInfo("Started", { source: "bench" });
    await Mailer.send({ to: "ada@example.com", subject: "Hello", text: "One mail." });
    logInfo("Sent", { to: "ada@example.com" });
    logInfo("Done", { count: 3 });
  },
});
