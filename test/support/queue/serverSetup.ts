import { rmSync } from "node:fs";
import type { Knex } from "knex";
import type { QueueEngine } from "../../../framework/queue/engine";
import type { WorkerSetup } from "../../framework/queue/engines/workerConformance";
import { lajuTables } from "../lajuTables";
import { type TestServer, temporaryFolder } from "../servers/server";

export interface ServerSetup<Server extends TestServer = TestServer> extends WorkerSetup {
  /** A connection of its own, separate from the queue's. */
  database(): Knex;
  server(): Server;
  /** Opens an engine that connects to the server at another URL, such as a proxy's. */
  openAt(url: string): QueueEngine;
  /** Makes the server refuse or accept what workers write. */
  refuseWrites(isRefusing: boolean): Promise<unknown>;
}

interface Parts<Server extends TestServer> {
  name: string;
  startServer(): Promise<Server>;
  connect(url: string): Knex;
  openEngine(url: string): QueueEngine;
  refuseWrites(database: Knex, isRefusing: boolean): Promise<unknown>;
  /** The user as whom workers connect, if it is not the usual one. */
  worker?: string;
}

/** The queue on a database server that is started for the tests. */
export function serverSetup<Server extends TestServer>({
  name,
  startServer,
  connect,
  openEngine,
  refuseWrites,
  worker,
}: Parts<Server>): ServerSetup<Server> {
  const folder = temporaryFolder("queue");
  let server: Server | undefined;
  let database: Knex | undefined;
  const url = () => {
    if (server === undefined) throw new Error("the server has not been started");
    return server.url;
  };
  const opened = () => {
    database ??= connect(url());
    return database;
  };
  return {
    name,
    folder,
    database: opened,
    server: () => server as Server,
    environment: () => ({ DATABASE_URL: worker === undefined ? url() : as(worker, url()) }),
    async start() {
      server = await startServer();
      await opened().migrate.latest(lajuTables);
    },
    open: async () => openEngine(url()),
    openAt: openEngine,
    refuseWrites: (isRefusing) => refuseWrites(opened(), isRefusing),
    async clear() {
      for (const table of ["jobs", "queue_workers", "queue_pauses"]) await opened()(table).delete();
    },
    async stop() {
      await database?.destroy();
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function as(user: string, address: string): string {
  const url = new URL(address);
  url.username = user;
  return url.href;
}
