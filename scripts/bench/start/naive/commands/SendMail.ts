import { logInfo } from "../services/Logger";
import Mailer from "../services/Mailer";

(async () => {
  logInfo("Started", { source: "bench" });
  await Mailer.sendMail({
    from: "laju@localhost",
    to: "ada@example.com",
    subject: "Hello",
    text: "One mail.",
  });
  logInfo("Sent", { to: "ada@example.com" });
  logInfo("Done", { count: 3 });
  process.exit(0);
})();
