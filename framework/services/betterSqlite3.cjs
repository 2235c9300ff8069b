// tsx resolves `import "better-sqlite3"` in the app's sources to this file, through `paths` in tsconfig.json. This file
// exports the version that works on this Node, as sqliteDriver.ts does. Other packages and builds get the right version
// from framework/config/sqliteOnNode20.ts.
const isNode20 = Number.parseInt(process.versions.node, 10) < 22;
const Database = isNode20 ? require("better-sqlite3-node20") : require(realSqlite());
module.exports = Database;
// Allows `import { SqliteError }`.
module.exports.SqliteError = Database.SqliteError;

/** The path of the real package's main file. Requiring the package by name would load this file again. */
function realSqlite() {
  const { dirname, join } = require("node:path");
  return join(dirname(require.resolve("better-sqlite3/package.json")), "lib", "index.js");
}
