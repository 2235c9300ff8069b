import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A partner's API for commands/SyncExternalData.ts, simulated on this machine. */
export interface PartnerApi {
  /** The value for SYNC_API_URL. */
  url: string;
  /** How many requests it has received, including those that it never answers. */
  requests(): number;
  stop(): Promise<void>;
}

/**
 * Starts the API on a free loopback port: `GET /products` lists SKUs, and `GET /products/SKU` returns one product.
 * `faults` adds products whose requests fail in the ways that real APIs fail.
 */
export async function startPartnerApi(faults: Fault[] = []): Promise<PartnerApi> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    const answer = answerTo(new URL(request.url ?? "/", "http://partner").pathname, faults);
    if (answer === "silence") return;
    response.writeHead(answer.status, { "content-type": answer.type }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests: () => count, stop: () => stop(server) };
}

/**
 * How the request for a faulty product fails. "error": status 500 · "nonsense": HTML instead of JSON · "incomplete": a
 * record without a price · "silent": no answer.
 */
export type Fault = "error" | "nonsense" | "incomplete" | "silent";

const products: Record<string, { name: string; price: number; stock: number }> = {
  "LAMP-01": { name: "Desk lamp", price: 39.9, stock: 12 },
  "CHAIR-07": { name: "Office chair", price: 249, stock: 3 },
  "MUG-02": { name: "Mug, 0.3 l", price: 8.5, stock: 140 },
  "CABLE-19": { name: "USB-C cable, 2 m", price: 12.95, stock: 0 },
  "NOTE-A5": { name: "Notebook A5", price: 4.2, stock: 310 },
  "PEN-BLU": { name: "Pen, blue", price: 1.15, stock: 982 },
};

/**
 * Puts the faulty products in the middle of the list, so that a client that stops at the first error misses products.
 */
function skusWith(faults: Fault[]): string[] {
  const good = Object.keys(products);
  return [...good.slice(0, 2), ...faults.map((fault) => `BAD-${fault}`), ...good.slice(2)];
}

function answerTo(path: string, faults: Fault[]): Answer | "silence" {
  if (path === "/products") return json(200, { items: skusWith(faults).map((sku) => ({ sku })) });
  const sku = decodeURIComponent(path.replace("/products/", ""));
  const product = products[sku];
  if (product !== undefined) return json(200, { sku, ...product });
  if (sku === "BAD-silent") return "silence";
  if (sku === "BAD-error") return json(500, { error: "database is down" });
  if (sku === "BAD-incomplete") return json(200, { sku, name: "Half a record" });
  if (sku === "BAD-nonsense") return { status: 200, type: "text/html", body: "<html>Be right back</html>" };
  return json(404, { error: "no such product" });
}

interface Answer {
  status: number;
  type: string;
  body: string;
}

function json(status: number, body: unknown): Answer {
  return { status, type: "application/json", body: JSON.stringify(body) };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
