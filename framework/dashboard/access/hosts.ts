const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

/**
 * How a request addressed this server. Checking this stops DNS rebinding: a site that points its own domain at this
 * server can only send that domain as Host.
 */
export interface Arrival {
  /** The request's Host header. */
  host: string | undefined;
  /** The local address of the request's connection. */
  localAddress: string | undefined;
}

/** Whether a request names this server: as localhost, by the address at which it arrived, or by a configured name. */
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

/** Converts an IPv4-mapped IPv6 address such as ::ffff:127.0.0.1 to its IPv4 form, 127.0.0.1. */
export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
}

/** An address as written in a URL: IPv6 addresses are put in brackets. */
export function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** The name or address in a Host header, without the port; undefined if the header is invalid. */
function nameOf(host: string): string | undefined {
  return /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/.exec(host)?.[1];
}
