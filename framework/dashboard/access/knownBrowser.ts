import { randomBytes } from "node:crypto";
import { isSameSecret, keyFor, signature } from "./secret";

/** How long a browser stays known after its last sign-in, in seconds: the longest that browsers keep a cookie. */
export const knownBrowserMaxAge = 400 * 86_400;

/**
 * Recognizes browsers in which somebody has signed in with the password, by a signed cookie. It grants no access; it
 * only keeps attackers from using up these browsers' attempts.
 */
export function knownBrowsers(token: string): {
  idIn(cookie: string | undefined): string | undefined;
  cookieOf(id: string | undefined): string;
} {
  const key = keyFor("browsers", token);
  return {
    idIn(cookie) {
      const [, id, signed] = /^([\w-]{16})\.([\w-]{43})$/.exec(cookie ?? "") ?? [];
      return id !== undefined && isSameSecret(signed as string, signature(key, id)) ? id : undefined;
    },
    cookieOf(id = randomBytes(12).toString("base64url")) {
      return `${id}.${signature(key, id)}`;
    },
  };
}
