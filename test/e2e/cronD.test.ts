import { chmodSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cronDFile } from "../../framework/crontab/exports/cronD";
import { type CronSandbox, needsCron, startCron, waitFor } from "../support/crontab/cron";
import { exportSource } from "../support/crontab/exportSource";

/** The daemon reads changed files once a minute, and starts new entries in the following minute. */
const twoMinutes = 125_000;

describe.skipIf(needsCron.skip)(`a file in /etc/cron.d${needsCron.label}`, () => {
  let cron: CronSandbox;
  beforeAll(async () => {
    cron = await startCron({ daemon: true });
  });
  afterAll(() => cron?.stop());

  test("is run by the daemon as the user in the file", { timeout: 180_000 }, async () => {
    const root = join(cron.folder, "it's an app, 100%");
    const build = join(root, "build");
    const log = join(root, "logs", "Who.log");
    for (const folder of [join(build, "commands"), join(root, "logs")])
      mkdirSync(folder, { recursive: true });
    chmodSync(join(root, "logs"), 0o777);
    writeFileSync(join(build, "commands", "Who.js"), 'echo "$(id -un) in $PWD"\n');
    const place = { root, build, node: "/bin/sh" };
    const source = exportSource({ Who: { description: "Says who it is", schedule: "* * * * *" } }, { place });
    // The user's home folder, which must exist because cron changes to it first.
    const { name, text } = cronDFile(source, "daemon");
    writeFileSync(join(cron.folder, "cron.d", name), text, { mode: 0o644 });
    // Wait: the daemon compares times in whole seconds, and it has just read the folder.
    utimesSync(join(cron.folder, "cron.d"), new Date(), new Date(Date.now() + 2000));

    await waitFor(undefined, () => existsSync(log) && readFileSync(log, "utf8").includes("\n"), twoMinutes);
    expect(readFileSync(log, "utf8").split("\n")[0]).toBe(`daemon in ${build}`);
  });
});
