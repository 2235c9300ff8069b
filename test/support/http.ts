import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived. */
export interface ReceivedRequest {
  method: string | undefined;
  path: string | undefined;
  type: string | undefined;
  body: string;
}

/** A started HTTP server, and what it was asked. */
export interface HttpServer {
  url: string;
  requests: ReceivedRequest[];
  /** What it answers from now on. */
  answer(status: number): void;
  stop(): Promise<void>;
}

/** A web server of its own that keeps what it is sent. */
export async function startHttp(): Promise<HttpServer> {
  const requests: ReceivedRequest[] = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const { method, url: path, headers } = request;
    requests.push({ method, path, type: headers["content-type"], body: Buffer.concat(chunks).toString() });
    response.writeHead(status).end(status === 200 ? "ok" : "no");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(next) {
      status = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
