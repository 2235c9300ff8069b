import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lightened } from "../../../../framework/build/vendor/lighterParts";

const root = join(import.meta.dirname, "../../../..");
const installed = (file: string) => join(root, "node_modules", file);

// If a new version of a package contained other text, it would be bundled unchanged. Only its slower loading would show
// that.
test.each([
  "pg/lib/crypto/utils.js",
  "ioredis/built/index.js",
  "ioredis/built/utils/Commander.js",
  "ioredis/built/utils/applyMixin.js",
  "knex/lib/query/querybuilder.js",
  "knex/lib/client.js",
  "knex/lib/knex-builder/Knex.js",
  "knex/lib/dialects/postgres/index.js",
  "knex/lib/dialects/mysql/index.js",
  "knex/lib/dialects/sqlite3/index.js",
  "knex/lib/logger.js",
  "lodash/_nodeUtil.js",
])("%s is rewritten", (file) => {
  expect(lightened(installed(file), root)).not.toBe(readFileSync(installed(file), "utf8"));
});

test("ioredis no longer loads its Cluster up front", () => {
  expect(lightened(installed("ioredis/built/Redis.js"), root)).not.toContain(" = cluster_1.default");
});

test("knex loads its migrations on demand", () => {
  const code = lightened(installed("knex/lib/knex-builder/make-knex.js"), root);
  expect(code.match(/lajuLate\(/g)).toHaveLength(2);
});

test("other files are unchanged", () => {
  const file = installed("knex/lib/raw.js");
  expect(lightened(file, root)).toBe(readFileSync(file, "utf8"));
});
