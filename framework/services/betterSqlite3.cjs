// What tsx gives a source that imports better-sqlite3, by `paths` in tsconfig.json: the version that works on this
// Node, as sqliteDriver.ts has it. Other packages, and builds, have it from framework/config/sqliteOnNode20.ts.
const isNode20 = Number.parseInt(process.versions.node, 10) < 22;
const Database = isNode20 ? require("better-sqlite3-node20") : require(realSqlite());
module.exports = Database;
// By name, for `import { SqliteError }`.
module.exports.SqliteError = Database.SqliteError;

/** By its file: its name would lead here again. */
function realSqlite() {
  const { dirname, join } = require("node:path");
  return join(dirname(require.resolve("better-sqlite3/package.json")), "lib", "index.js");
}
