import { randomBytes } from "node:crypto";
import { isSameSecret, signature } from "./secret";

/**
 * How long a session lasts after the visitor's last request, in milliseconds. A page left open for a week stays signed
 * in.
 */
const longest = 14 * 86_400_000;
/** The age from which a session's cookie is renewed, in milliseconds. */
const renewalAge = 86_400_000;

export interface Session {
  id: string;
  /** The name the visitor entered. */
  name: string;
  /** Whether the visitor should get a new cookie with a later expiry. */
  isAging: boolean;
}

/**
 * Stateless sessions: a cookie with a signed time and name. Only sessions that were signed out are remembered, until
 * the dashboard restarts.
 */
export class Sessions {
  readonly #key: Buffer;
  readonly #now: () => number;
  readonly #ended = new Set<string>();

  constructor(key: Buffer, now: () => number = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  /** The cookie of a new session, or the renewed cookie of an existing one. */
  cookieOf(name: string, id: string = randomBytes(12).toString("base64url")): string {
    const text = `${this.#now()}.${id}.${Buffer.from(name).toString("base64url")}`;
    return `${text}.${signature(this.#key, text)}`;
  }

  read(cookie: string | undefined): Session | undefined {
    const [, text = "", time, id = "", name = "", signed = ""] =
      /^((\d{1,15})\.([\w-]{16})\.([\w-]{0,400}))\.([\w-]{43})$/.exec(cookie ?? "") ?? [];
    if (id === "" || !isSameSecret(signed, signature(this.#key, text)) || this.#ended.has(id))
      return undefined;
    const age = this.#now() - Number(time);
    if (age > longest) return undefined;
    return { id, name: Buffer.from(name, "base64url").toString(), isAging: age > renewalAge };
  }

  end(cookie: string | undefined): void {
    const session = this.read(cookie);
    if (session !== undefined) this.#ended.add(session.id);
  }

  /** How long a cookie lasts, in seconds. */
  static readonly maxAge = longest / 1000;
}
