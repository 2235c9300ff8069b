import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { postgresNeed, startPostgres } from "../../../test/support/servers/postgres";
import { redisNeed, startRedis } from "../../../test/support/servers/redis";

/** The URLs of the servers that measured commands use, by name. A server that is not installed has none. */
export interface Servers {
  urls: { redis?: string; smtp?: string; postgres?: string };
  stop(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
  const redis = redisNeed.path === undefined ? undefined : await startRedis();
  const postgres = postgresNeed.path === undefined ? undefined : await startPostgres();
  const smtp = await startMailSink();
  return {
    urls: { smtp: smtp.url, ...(redis && { redis: redis.url }), ...(postgres && { postgres: postgres.url }) },
    async stop() {
      await Promise.all([redis?.stop(), postgres?.stop(), smtp.stop()]);
    },
  };
}

/** Accepts every mail immediately. (npm's smtp-server waits 100 ms before its greeting.) */
async function startMailSink() {
  const server = createServer(serve).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    async stop() {
      server.close();
      await once(server, "close");
    },
  };
}

function serve(socket: Socket): void {
  let isBody = false;
  let unread = "";
  const answer = (text: string) => {
    unread = "";
    socket.write(`${text}\r\n`);
  };
  answer("220 ready");
  socket.setNoDelay(true).on("error", () => {});
  socket.setEncoding("latin1").on("data", (data) => {
    unread += String(data);
    if (!unread.endsWith(isBody ? "\r\n.\r\n" : "\r\n")) return;
    const isData = !isBody && unread.startsWith("DATA");
    isBody = isData;
    answer(isData ? "354 go on" : "250 fine");
  });
}
