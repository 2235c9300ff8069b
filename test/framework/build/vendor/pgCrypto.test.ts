import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const require = createRequire(import.meta.url);
const real = require(join(dirname(require.resolve("pg/package.json")), "lib/crypto/utils.js"));
const ours = require("../../../../framework/build/vendor/pgCrypto.cjs");

const salt = Buffer.from("a salt \u00ff");
const asBytes = (value: unknown) => (typeof value === "string" ? value : Buffer.from(value as ArrayBuffer));

test("has the same exports as pg's", () => {
  expect(Object.keys(ours).sort()).toEqual(Object.keys(real).sort());
});

test.each([
  ["md5", "pass\u00e9wort"],
  ["postgresMd5PasswordHash", "laju", "s3cr\u20act", salt],
  ["sha256", salt],
  ["hashByName", "SHA-256", salt],
  ["hashByName", "SHA-384", salt],
  ["hashByName", "SHA-512", salt],
  ["hmacSha256", salt, "Client K\u20acy"],
  ["deriveKey", "s3cr\u20act", salt, 4096],
])("%s(%s, …) returns the same", async (name, ...args) => {
  expect(asBytes(await ours[name](...args))).toEqual(asBytes(await real[name](...args)));
});

test("random bytes are a Buffer of the requested length", () => {
  expect(ours.randomBytes(18).toString("base64")).toHaveLength(24);
  expect(ours.randomBytes(18)).not.toEqual(ours.randomBytes(18));
});
