const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

/** Where a request arrived: a site that makes its own name point here (DNS rebinding) cannot name an address. */
export interface Arrival {
  /** The request's Host header. */
  host: string | undefined;
  /** This end of its connection. */
  localAddress: string | undefined;
}

/** Whether a request names this server: by loopback, the address it came to, or a name that the settings list. */
export function isKnownHost({ host, localAddress }: Arrival, listed: readonly string[]): boolean {
  const full = host?.toLowerCase();
  const name = full && nameOf(full);
  if (name === undefined || full === undefined) return false;
  if (listed.includes(full) || listed.includes(name)) return true;
  if (isLoopback(localAddress ?? "") && loopbackNames.includes(name)) return true;
  return localAddress !== undefined && name === bracketed(plainAddress(localAddress));
}

export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === "::1" || plain === "localhost" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/** 127.0.0.1 of ::ffff:127.0.0.1. */
export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
}

/** An address as a URL has it. */
export function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** Without the port; undefined for what is no host. */
function nameOf(host: string): string | undefined {
  return /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/.exec(host)?.[1];
}
