import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { settings } from "../../config";
import { databasePlace } from "../../services/databasePlace";
import { mailRoute } from "../../services/mailRoute";
import { bad, type Check, fine, warning } from "./check";

const require = createRequire(import.meta.url);

export const database: Check = {
  name: "database",
  async look() {
    const place = databasePlace();
    if (place.engine === "sqlite" && place.file !== ":memory:" && !existsSync(place.file)) {
      return fine(`${place.file} is made when it is first used`);
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

export const mail: Check = {
  name: "mail",
  async look() {
    const route = mailRoute();
    if (route === undefined) {
      if (settings().notices.mailTo.length === 0) return fine("not set up");
      return warning("NOTIFY_MAIL_TO is set, and there is no mail server", "Set MAIL_URL, or SMTP_HOST.");
    }
    const { createTransport } = require("nodemailer") as typeof import("nodemailer");
    const { host, port, secure, auth, options } = route;
    const transporter = createTransport({
      connectionTimeout: 4_000,
      ...options,
      host,
      port,
      secure,
      ...(auth && { auth }),
    } as never);
    try {
      await transporter.verify();
      return fine(`${host}:${port}`);
    } catch (error) {
      return bad(
        `${host}:${port} (${route.variable}) does not take mail: ${error.message}`,
        "Check host, port, user and password.",
      );
    } finally {
      transporter.close();
    }
  },
};
