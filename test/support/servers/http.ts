import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A request that the server received. */
export interface ReceivedRequest {
  method: string | undefined;
  path: string | undefined;
  type: string | undefined;
  body: string;
  authorization: string | undefined;
}

/** A running HTTP server, and the requests it received. */
export interface HttpServer {
  url: string;
  requests: ReceivedRequest[];
  /** Sets how further requests are answered. */
  answer(status: number, headers?: Record<string, string>, body?: string | AsyncIterable<string>): void;
  stop(): Promise<void>;
}

/** Starts a web server that records the requests it receives. */
export async function startHttp(): Promise<HttpServer> {
  const requests: ReceivedRequest[] = [];
  let status = 200;
  let headers: Record<string, string> = {};
  let answer: string | AsyncIterable<string> | undefined;
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const { method, url: path } = request;
    const type = request.headers["content-type"];
    const { authorization } = request.headers;
    requests.push({ method, path, type, body: Buffer.concat(chunks).toString(), authorization });
    response.writeHead(status, headers);
    const content = answer ?? (status === 200 ? "ok" : "no");
    if (typeof content === "string") response.end(content);
    // Ignore errors, because some tests close their connection early.
    else await pipeline(Readable.from(content), response).catch(() => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(next, more = {}, body) {
      status = next;
      headers = more;
      answer = body;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
