import { createRequire } from "node:module";

const isNode20 = Number.parseInt(process.versions.node, 10) < 22;
const Database = createRequire(__filename)(isNode20 ? "better-sqlite3-node20" : "better-sqlite3");
const database = new Database(process.env.BENCH_SQLITE ?? ":memory:");
database.pragma("journal_mode = WAL");
export default database;
