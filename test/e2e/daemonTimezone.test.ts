import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run } from "../../framework/runs/ledger/run";
import { makeApp, type TestApp } from "../support/apps/app";
import { type CronSandbox, needsCron, startCron, waitFor } from "../support/crontab/cron";

const twoMinutes = 125_000;

/**
 * A command whose crontab line has a guard that checks the day. It is due in one and in two minutes by the clock of
 * the daemon's zone.
 */
function dueSoon(timeZone: string, more = ""): string {
  const schedules = [1, 2].map((minutes) => {
    const at = new Date(Date.now() + minutes * 60_000);
    const part = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat("en-GB", { timeZone, ...options }).format(at);
    const [hour, minute] = part({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).split(":");
    const day = Number(part({ day: "numeric" }));
    return `${Number(minute)} ${Number(hour)} * * ${part({ weekday: "short" })}#${Math.ceil(day / 7)}`;
  });
  return `import { command } from "../app/console/command";
export default command({ schedule: ${JSON.stringify(schedules)}, ${more} run: () => "done" });
`;
}

describe.skipIf(needsCron.skip)(`a cron daemon with its own TZ${needsCron.label}`, () => {
  let app: TestApp;
  let cron: CronSandbox;
  beforeAll(async () => {
    cron = await startCron({ daemon: true, tz: "America/New_York" });
    app = makeApp({ ".env": "TZ=Asia/Tokyo\n" });
  });
  afterAll(async () => {
    await cron?.stop();
    app?.remove();
  });

  /** Runs laju next to the daemon's processes, from a shell with a third time zone. */
  function laju(args: string) {
    const { status, stdout, stderr } = cron.shell(
      `cd '${app.root}' && TZ=Europe/Berlin '${process.execPath}' laju ${args}`,
    );
    return { status, stdout: stdout.toString(), stderr: stderr.toString() };
  }

  test("starts commands by its own clock, regardless of TZ in .env, the shell and the crontab", async () => {
    app.write("commands/ByDaemon.ts", dueSoon("America/New_York"));
    app.write("commands/ByZone.ts", dueSoon("Asia/Kolkata", 'timezone: "Asia/Kolkata",'));
    app.write(
      "commands/BySecond.ts",
      'import { command } from "../app/console/command";\nexport default command({ schedule: "3 * * * * *", run: () => "done" });\n',
    );
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
    cron.crontab(
      ["-"],
      "PATH=$PATH:/usr/local/bin\nTZ=Asia/Tokyo\nSHELL=/usr/local/bin/bash\nHOME=/nowhere\n",
    );
    expect(laju("crontab:install")).toMatchObject({ status: 0, stderr: "" });
    expect(cron.crontab(["-l"]).stdout.toString()).toMatch(/LAJU_ENTRY=\w{8}@America\/New_York /);
    expect(laju("crontab:check").status).toBe(0);
    expect(laju("list").stdout).toContain("· America/New_York");
    const doctor = JSON.parse(laju("doctor --json").stdout) as { name: string; message: string }[];
    expect(doctor.find(({ name }) => name === "time zone")?.message).toMatch(
      /^America\/New_York, the TZ of cron \(pid \d+\)$/,
    );

    const logs = ["ByDaemon", "ByZone", "BySecond"].map((name) => join(app.root, "logs", `${name}.log`));
    await waitFor(undefined, () => logs.every((log) => existsSync(log) && isDone(log)), twoMinutes);
    const runs: Run[] = JSON.parse((await app.laju("runs", "--json")).stdout);
    expect(new Set(runs.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
  });
});

function isDone(log: string): boolean {
  return readFileSync(log, "utf8").includes("done");
}
