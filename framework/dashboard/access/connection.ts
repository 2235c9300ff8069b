import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import type { Context } from "hono";
import { LajuError } from "../../config/errors";
import { plainAddress } from "./hosts";

/** The addresses of both ends of a request's connection, if hono's adapter for Node provides them. */
export function connectionOf(context: Context): { peer: string; local: string | undefined } {
  const { incoming } = (context.env ?? {}) as { incoming?: IncomingMessage };
  const { remoteAddress, localAddress } = incoming?.socket ?? {};
  return { peer: plainAddress(remoteAddress ?? ""), local: localAddress };
}

/**
 * Returns a function that tells whether an address is one of these addresses or in one of these networks. Throws a
 * LajuError for an invalid entry.
 */
export function addressList(listed: readonly string[]): (address: string) => boolean {
  const known = new BlockList();
  for (const entry of listed) add(known, entry);
  return (address) => isIP(address) !== 0 && known.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function add(known: BlockList, entry: string): void {
  const [address = "", bits] = entry.split("/");
  const family = address.includes(":") ? "ipv6" : "ipv4";
  try {
    if (bits === undefined) known.addAddress(address, family);
    else known.addSubnet(address, Number(bits), family);
  } catch (error) {
    throw new LajuError(`DASHBOARD_PROXY_ADDRESSES contains ${entry}, which is not an address or network`, {
      code: "E_SETTINGS",
      hint: "Write addresses such as 10.0.0.5, or networks such as 10.0.0.0/8.",
      cause: error,
    });
  }
}

/** The client's address. If the client connects through a listed proxy, the last address in the proxy's header. */
export function clientAddress(context: Context, isProxy: (address: string) => boolean): string {
  const { peer } = connectionOf(context);
  if (!isProxy(peer)) return peer;
  const forwarded = (context.req.header("x-forwarded-for") ?? "").split(",").map((one: string) => one.trim());
  return forwarded.reverse().find((address: string) => isIP(address) !== 0 && !isProxy(address)) ?? peer;
}
