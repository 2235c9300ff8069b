import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readText } from "../../../framework/config/readText";

let folder: string;
const place = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "laju-read-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("reads a file, also through a link", () => {
  writeFileSync(place("file"), "über\n");
  symlinkSync("file", place("link"));
  expect([readText(place("file")), readText(place("link"))]).toEqual(["über\n", "über\n"]);
});

test.each([
  ["a named pipe", () => execFileSync("mkfifo", [place("x")])],
  ["a device", () => symlinkSync("/dev/zero", place("x"))],
  ["a folder", () => mkdirSync(place("x"))],
])("%s is rejected immediately", (_, make) => {
  make();
  expect(() => readText(place("x"))).toThrow(`${place("x")} is not a regular file`);
});

test("rejects a socket too", async () => {
  const server = createServer().listen(place("x"));
  await new Promise((resolve) => server.once("listening", resolve));
  expect(() => readText(place("x"))).toThrow(`${place("x")} is not a regular file`);
  server.close();
});
