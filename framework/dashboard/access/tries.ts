/** After this many failed attempts, an address has to wait. */
const maxTries = 10;
const windowMs = 15 * 60_000;
/** Addresses beyond this number share one counter, so that an attacker can't exhaust the memory. */
const maxAddresses = 10_000;

/** Counts wrong passwords per address. */
export class Tries {
  readonly #now: () => number;
  readonly #failures = new Map<string, { count: number; until: number }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** How long this address has to wait, in milliseconds; 0 if it can try now. */
  waitMsOf(address: string): number {
    const known = this.#failures.get(network(address));
    if (known === undefined || known.count < maxTries) return 0;
    return Math.max(0, known.until - this.#now());
  }

  fail(address: string): void {
    const key = network(address);
    const known = this.#failures.get(key);
    const isOld = known === undefined || known.until <= this.#now();
    this.#failures.delete(key);
    this.#failures.set(key, {
      count: isOld ? 1 : known.count + 1,
      until: isOld ? this.#now() + windowMs : known.until,
    });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > maxAddresses && oldest !== undefined) this.#failures.delete(oldest);
  }

  succeed(address: string): void {
    this.#failures.delete(network(address));
  }
}

/** The network of an address: with IPv6, one user usually controls all 2^64 addresses of a network. */
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
