import { existsSync } from "node:fs";
import { paths, settings } from "../../config";
import { shellQuote } from "../../schedule/shellQuote";
import { mayUse } from "./access";
import { bad, type Check, fine } from "./check";

export const environment: Check = {
  name: "settings",
  look() {
    if (existsSync(paths.env) && !mayUse(paths.env, "read")) {
      return bad(
        `${paths.env} cannot be read by the user whose crontab it is`,
        `chown it, or chmod g+r ${shellQuote(paths.env)}`,
      );
    }
    const name = settings().environment;
    return fine(existsSync(paths.env) ? `${name}, .env is in order` : `${name}, without .env`);
  },
};
