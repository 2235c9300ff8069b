import { existsSync } from "node:fs";
import { paths, settings } from "../../config/config";
import { shellQuote } from "../../text/shellQuote";
import { bad, type Check, fine } from "../check";
import { mayUse } from "./access";

export const environment: Check = {
  name: "settings",
  look() {
    if (existsSync(paths.env) && !mayUse(paths.env, "read")) {
      return bad(
        `${paths.env} cannot be read by the crontab's user`,
        `Change its owner (chown), or run \`chmod g+r ${shellQuote(paths.env)}\`.`,
      );
    }
    const name = settings().environment;
    return fine(existsSync(paths.env) ? `${name}, .env is valid` : `${name}, no .env`);
  },
};
