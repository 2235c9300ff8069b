import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../../support/apps/app";

const meta = (text: string) => `export const meta = ${text};\nwork();\n`;

let app: TestApp;
beforeAll(async () => {
  app = makeApp({
    "commands/SendDailyDigest.ts": meta(
      '{ description: "Daily digest", schedule: "0 8 * * 1-5", timeout: "10m" }',
    ),
    "commands/Nightly.ts": meta(
      '{ schedule: "30 2 * * *", timezone: "America/New_York", environments: ["demo"] }',
    ),
    "commands/Often.ts": meta('{ schedule: "rate(45 minutes)", overlap: "wait", environments: ["often"] }'),
  });
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
});
afterAll(() => app?.remove());

const flags = ["--root", "/srv/app", "--node", "/usr/bin/node"];

describe("node laju crontab --format", () => {
  test("cron.d prints the file, and says on stderr what cron will miss", async () => {
    const root = join(app.root, "release");
    const options = ["--user", "deploy", "--node", "/usr/bin/node", "--root", root];
    const printed = await app.laju("crontab", "--format", "cron.d", ...options);
    expect(printed).toEqual({
      status: 0,
      signal: null,
      stdout: `# laju ${root}
# Written by \`node laju crontab --format cron.d\`. Belongs in /etc/cron.d, owned by root, mode 0644.

# Daily digest
0 8 * * 1-5 deploy cd ${root}/build && /usr/bin/node commands/SendDailyDigest.js >> ${root}/logs/SendDailyDigest.log 2>&1
`,
      stderr: `${root}/logs does not exist: create it before cron needs it.\n`,
    });
  });

  test("systemd prints all units as one stream", async () => {
    const printed = await app.laju("crontab", "--format", "systemd", "--user", "deploy", ...flags);
    expect(printed).toMatchObject({ status: 0, stderr: "" });
    expect(printed.stdout.match(/^# file: .*|^OnCalendar=.*|^User=.*/gm)).toEqual([
      "# file: laju-srv_app-SendDailyDigest.service",
      "User=deploy",
      "# file: laju-srv_app-SendDailyDigest.timer",
      "OnCalendar=Mon..Fri *-*-* 08:00:00",
    ]);
  });

  test("kubernetes prints all manifests as one stream, with node from the image", async () => {
    const printed = await app.laju("crontab", "--format", "kubernetes", "--image", "app:1", "--root", "/app");
    expect(printed).toMatchObject({ status: 0, stderr: "" });
    expect(printed.stdout).toMatch(/^---\napiVersion: batch\/v1\nkind: CronJob\n/);
    expect(printed.stdout).toContain(
      "command:\n                - node\n                - commands/SendDailyDigest.js\n",
    );
    expect(printed.stdout).toContain("workingDir: /app/build\n");
  });

  test("the monitor is included if MONITOR is set, but not in Kubernetes", async () => {
    const run = (...words: string[]) => app.run(["laju", "crontab", ...words], { env: { MONITOR: "true" } });
    const units = await run("--format", "systemd", "--user", "deploy", ...flags);
    expect(units.stdout).toContain("# file: laju-srv_app-laju-monitor.timer\n");
    expect(units.stdout).toContain('"exec /usr/bin/node laju.js monitor >> /srv/app/logs/');
    const manifests = await run("--format", "kubernetes", "--image", "app:1");
    expect(manifests.stderr).toBe(
      "laju monitor is left out, because a pod cannot see another pod's ledger.\n",
    );
    expect(manifests.stdout).not.toContain("monitor");
  });

  test("--out writes files instead, and prints their names", async () => {
    const out = join(app.root, "units/here");
    const written = await app.laju(
      "crontab",
      "--format",
      "systemd",
      "--out",
      out,
      "--user",
      "deploy",
      ...flags,
    );
    const names = ["laju-srv_app-SendDailyDigest.service", "laju-srv_app-SendDailyDigest.timer"];
    expect(written).toMatchObject({
      status: 0,
      stderr: "",
      stdout: names.map((name) => `${join(out, name)}\n`).join(""),
    });
    expect(readdirSync(out).sort()).toEqual(names);
    expect(readFileSync(join(out, names[1]), "utf8")).toContain("OnCalendar=Mon..Fri *-*-* 08:00:00\n");
    expect(statSync(join(out, names[1])).mode & 0o777).toBe(0o644);
  });

  test("--out to something that is not a folder is an error without a stack", async () => {
    app.write("file", "");
    const failed = await app.laju("crontab", "--format", "cron.d", "--out", join(app.root, "file"));
    expect(failed).toMatchObject({ status: 1, stdout: "" });
    expect(failed.stderr).toContain("cannot be written: ");
    expect(failed.stderr).not.toContain("    at ");
  });

  test.each([
    [
      ["systemd", "--env", "demo"],
      `✗ systemd does not support what Nightly needs
  Nightly: schedule "30 2 * * *" makes up for 02:30, which the clocks skip, but systemd leaves it out (America/New_York)
    Choose hours in which the clocks never change, or timezone: "UTC".
  Nothing was written, because an export must be exact. The crontab supports all of this.
`,
    ],
    [
      ["kubernetes", "--env", "often", "--image", "app:1"],
      `✗ Kubernetes does not support what Often needs
  Often: overlap "wait" makes starts wait for each other, but Kubernetes drops all but one
    Set overlap: "skip".
  Often: schedule "rate(45 minutes)" cannot be written as five fields
    Choose an interval that divides an hour or a day evenly.
  Nothing was written, because an export must be exact. The crontab supports all of this.
`,
    ],
  ])("%j names the command that it cannot express", async (words, stderr) => {
    const out = join(app.root, "refused");
    expect(await app.laju("crontab", "--format", ...words, "--out", out)).toEqual({
      status: 2,
      signal: null,
      stdout: "",
      stderr,
    });
    expect(existsSync(out)).toBe(false);
  });

  test.each([
    [["--format", "cron"], 'there is no format "cron"'],
    [["--format", "kubernetes"], "--format kubernetes needs --image"],
    [
      ["--format", "kubernetes", "--image", "app:1", "--user", "a"],
      "--user has no effect with --format kubernetes",
    ],
    [["--format", "systemd", "--image", "app:1"], "--image has no effect with --format systemd"],
    [["--format", "systemd", "--portable"], "--portable has no effect with --format systemd"],
    [["--format", "systemd", "--json"], "--json has no effect with --format systemd"],
    [["--format", "systemd", "--cron", "busybox"], "--cron has no effect with --format systemd"],
    [["--format", "cron.d", "--cron", "busybox"], "BusyBox crond does not read /etc/cron.d"],
    [["--format", "cron.d", "--cron", "unknown"], "laju does not know whether this cron reads /etc/cron.d"],
    [["--user", "a"], "--user has no effect with --format crontab"],
    [["--out", "x"], "--out needs --format"],
  ])("%j is a usage error", async (words, message) => {
    const refused = await app.laju("crontab", ...words);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain(`✗ ${message}\n`);
  });
});

describe("node laju crontab --portable", () => {
  test("locks with flock and limits with timeout", async () => {
    const printed = await app.laju("crontab", "--portable", ...flags);
    expect(printed).toMatchObject({ status: 0, stderr: "" });
    expect(printed.stdout.split("\n").slice(1, -2)).toEqual([
      "# Daily digest",
      "0 8 * * 1-5 cd /srv/app/build && /usr/bin/flock -n -E 0 /srv/app/logs/SendDailyDigest.lock /usr/bin/timeout -k 30 600 /usr/bin/node commands/SendDailyDigest.js >> /srv/app/logs/SendDailyDigest.log 2>&1",
    ]);
  });

  test("says where the shell is weaker than the command's own check", async () => {
    const printed = await app.laju("crontab", "--portable", "--env", "demo", ...flags);
    expect(printed.stderr).toBe(
      'Nightly: schedule "30 2 * * *" does not run for 02:30, which the clocks skip (America/New_York)\n',
    );
    expect(printed.stdout).toContain(
      '30 * * * * case "$(TZ=America/New_York /bin/date +\\%H)" in 02) cd /srv/app/build && /usr/bin/flock -n -E 0 /srv/app/logs/Nightly.lock /usr/bin/node',
    );
    expect(printed.stdout).not.toContain("LAJU_ENTRY");
  });

  test("waits for the lock if the command has overlap: wait", async () => {
    const printed = await app.laju("crontab", "--portable", "--env", "often", ...flags);
    expect(printed.stdout).toContain(
      "&& /usr/bin/flock /srv/app/logs/Often.lock /usr/bin/node commands/Often.js",
    );
    expect(printed.stderr).toContain('Often: schedule "rate(45 minutes)" repeats or misses a run');
  });

  test("--help describes it and the formats", async () => {
    const { stdout } = await app.laju("crontab", "--help");
    expect(stdout).toContain("  --portable            Have the shell check the time, lock (flock)");
    expect(stdout).toContain(
      "  --format <format>     crontab, cron.d, systemd or kubernetes (default: crontab)",
    );
  });
});
