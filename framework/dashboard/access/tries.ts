/** After this many wrong passwords, an address or a known browser has to wait. */
const maxTries = 10;
/**
 * After this many wrong passwords from all unknown browsers together, every unknown browser has to wait, because an
 * attacker can have many addresses.
 */
const maxUnknownTries = 300;
const windowMs = 15 * 60_000;
/** The oldest counters beyond this number are dropped, so that an attacker can't exhaust the memory. */
const maxCounters = 1_000;

/**
 * An attempt to sign in with the password. `knownBrowser` is set if somebody has signed in with this browser before.
 */
export interface Attempt {
  address: string;
  knownBrowser?: string | undefined;
}

/**
 * Counts wrong passwords: per known browser, or else per address and for all unknown browsers together. So attackers
 * can lock out other unknown browsers, for example behind the same proxy, but nobody who has signed in before.
 */
export class Tries {
  readonly #now: () => number;
  readonly #failures = new Map<string, { count: number; until: number }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** How long the next attempt has to wait, in milliseconds; 0 if it can be made now. */
  waitMsOf(attempt: Attempt): number {
    return Math.max(...countersOf(attempt).map((counter) => this.#waitMs(counter)));
  }

  /** Counts a wrong password. Returns whether the next attempt now has to wait. */
  fail(attempt: Attempt): boolean {
    for (const { key } of countersOf(attempt)) this.#count(key);
    return this.waitMsOf(attempt) > 0;
  }

  succeed(attempt: Attempt): void {
    const [own] = countersOf(attempt);
    this.#failures.delete(own.key);
  }

  #waitMs({ key, most }: Counter): number {
    const known = this.#failures.get(key);
    return known === undefined || known.count < most ? 0 : Math.max(0, known.until - this.#now());
  }

  #count(key: string): void {
    const known = this.#failures.get(key);
    const isOld = known === undefined || known.until <= this.#now();
    this.#failures.delete(key);
    this.#failures.set(key, {
      count: isOld ? 1 : known.count + 1,
      until: isOld ? this.#now() + windowMs : known.until,
    });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > maxCounters && oldest !== undefined) this.#failures.delete(oldest);
  }
}

interface Counter {
  key: string;
  most: number;
}

function countersOf({ address, knownBrowser }: Attempt): [Counter, ...Counter[]] {
  if (knownBrowser !== undefined) return [{ key: `browser ${knownBrowser}`, most: maxTries }];
  return [
    { key: `address ${network(address)}`, most: maxTries },
    { key: "unknown browsers", most: maxUnknownTries },
  ];
}

/**
 * The part of an address by which attempts are counted. For IPv6, this is the first half, because one user usually
 * controls all 2^64 addresses that begin with it.
 */
function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  return plain.includes(":") ? expanded(plain).slice(0, 4).join(":") : plain;
}

function expanded(address: string): string[] {
  const [head = "", tail] = address.split("%", 1)[0]?.split("::") ?? [];
  const words = (text: string | undefined) => (text ? text.split(":") : []);
  const missing = 8 - words(head).length - words(tail).length;
  return [...words(head), ...Array(tail === undefined ? 0 : Math.max(0, missing)).fill("0"), ...words(tail)];
}
