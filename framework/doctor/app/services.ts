import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { settings } from "../../config/config";
import { LajuError } from "../../config/errors";
import { databaseLocation } from "../../services/database/databaseLocation";
import { allowsPlaintextLogin, isLoopback, mailRoute, transportOptions } from "../../services/mail/mailRoute";
import { describeMailError } from "../../services/mail/smtp";
import { bad, type Check, fine, warning } from "../check";

const require = createRequire(import.meta.url);

export const database: Check = {
  name: "database",
  async look() {
    const place = databaseLocation();
    if (place.engine === "sqlite" && place.file !== ":memory:" && !existsSync(place.file)) {
      return fine(`${place.file} will be created when it is first used`);
    }
    const { default: DB } = await import("../../services/DB");
    await DB.raw("select 1");
    return fine(
      place.engine === "sqlite"
        ? place.file
        : `${place.engine === "pg" ? "PostgreSQL" : "MySQL"} at ${place.address}`,
    );
  },
};

export const mail = {
  name: "mail",
  async look() {
    const route = mailRoute();
    if (route === undefined) {
      if (settings().notices.mailTo.length === 0) return fine("not set up");
      return warning("NOTIFY_MAIL_TO is set, but no mail server is", "Set MAIL_URL or SMTP_HOST.");
    }
    const { createTransport } = require("nodemailer") as typeof import("nodemailer");
    const transporter = createTransport({
      connectionTimeout: 4_000,
      greetingTimeout: 4_000,
      ...transportOptions(route),
    } as never);
    try {
      await transporter.verify();
    } catch (error) {
      const problem = describeMailError(route, error);
      const hint = problem instanceof LajuError ? problem.hint : undefined;
      return bad(problem.message, hint ?? "Check the host, port, user and password.");
    } finally {
      transporter.close();
    }
    return route.auth !== undefined && !route.secure && !isLoopback(route.host) && allowsPlaintextLogin(route)
      ? warning(
          `the login at ${route.host}:${route.port} may be sent unencrypted (MAIL_INSECURE_LOGIN)`,
          "Use smtps:// or a server with STARTTLS, and remove MAIL_INSECURE_LOGIN.",
        )
      : fine(`${route.host}:${route.port}`);
  },
} satisfies Check;
