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
  answer(status: number, headers?: Record<string, string>): void;
  stop(): Promise<void>;
}

/** A web server of its own that keeps what it is sent. */
export async function startHttp(): Promise<HttpServer> {
  const requests: ReceivedRequest[] = [];
  let status = 200;
  let headers: Record<string, string> = {};
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const { method, url: path } = request;
    const type = request.headers["content-type"];
    requests.push({ method, path, type, body: Buffer.concat(chunks).toString() });
    response.writeHead(status, headers).end(status === 200 ? "ok" : "no");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(next, more = {}) {
      status = next;
      headers = more;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
