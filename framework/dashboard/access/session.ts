import { randomBytes } from "node:crypto";
import { isSameSecret, signature } from "./secret";

/** A page that is left open for a week stays signed in; one that nobody looks at for two does not. */
const longest = 14 * 86_400_000;
/** How old a session is when its cookie is renewed. */
const renewalAge = 86_400_000;

export interface Session {
  id: string;
  /** What the visitor called themselves. */
  name: string;
  /** Whether the visitor is to get a new cookie, which lasts longer. */
  isAging: boolean;
}

/** Sessions that need no memory: a signed time and name. Those that somebody ended are remembered until the next start. */
export class Sessions {
  readonly #key: Buffer;
  readonly #now: () => number;
  readonly #ended = new Set<string>();

  constructor(key: Buffer, now: () => number = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  /** The cookie of a new session, or of one that goes on. */
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
