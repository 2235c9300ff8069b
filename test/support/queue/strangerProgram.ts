import { mysqlEngine } from "../../../framework/queue/engines/mysql/mysql";
import { postgresEngine } from "../../../framework/queue/engines/postgres/postgres";
import { openBull } from "./bullSetup";

// A worker that claims to be on another host. It sends no heartbeats, and holds one job until it is killed.

const url = process.argv[2] as string;
const engine = open();
const worker = { id: "stranger", host: "elsewhere", pid: 1, identity: null, concurrency: 1, leaseMs: 300 };
await engine.register(worker);
await engine.watch(() => {});
const claim = { limit: 1, limits: new Map() };
const { claimed } = await engine.exchange({ worker: worker.id, settle: [], progress: [], claim });
process.stdout.write(`holds ${claimed.length}\n`);

function open() {
  if (url.startsWith("redis:")) return openBull(url);
  const address = new URL(url).host;
  if (url.startsWith("mysql")) return mysqlEngine({ engine: "mysql2", url, address });
  return postgresEngine({ engine: "pg", url, address });
}
