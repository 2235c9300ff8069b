import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ExportedFile } from "../../../../framework/crontab/exports/exportTypes";
import { systemdUnits } from "../../../../framework/crontab/exports/systemd";
import { exportSource } from "../../../support/crontab/exportSource";
import { needs, programPath } from "../../../support/servers/requirement";

describe("the units of a command", () => {
  test("are a service and a timer of the same name", () => {
    const source = exportSource({
      SendDailyDigest: {
        description: "Daily digest of yesterday's posts",
        schedule: "0 8 * * 1-5",
        timezone: "America/New_York",
        timeout: "10m",
      },
    });
    expect(systemdUnits(source, "deploy")).toEqual([
      {
        name: "laju-srv_app-SendDailyDigest.service",
        text: `[Unit]
Description=Daily digest of yesterday's posts

[Service]
Type=oneshot
User=deploy
UMask=0077
WorkingDirectory=/srv/app/build
ExecStartPre=/bin/mkdir -p /srv/app/logs
ExecStart=/bin/sh -c "exec /usr/bin/node commands/SendDailyDigest.js >> /srv/app/logs/SendDailyDigest.log 2>&1"
TimeoutStartSec=660
`,
      },
      {
        name: "laju-srv_app-SendDailyDigest.timer",
        text: `[Unit]
Description=SendDailyDigest: At 08:00, Monday to Friday

[Timer]
OnCalendar=Mon..Fri *-*-* 08:00:00 America/New_York
AccuracySec=1us

[Install]
WantedBy=timers.target
`,
      },
    ]);
  });

  test("have a line for each schedule, and for each day field if either may match", () => {
    const source = exportSource({ Two: { schedule: ["0 0 1,15 * 1", "@hourly"], catchUp: "last" } });
    expect(systemdUnits(source, "deploy")[1].text).toContain(`[Timer]
OnCalendar=*-*-01,15 00:00:00
OnCalendar=Mon *-*-* 00:00:00
OnCalendar=*-*-* *:00:00
AccuracySec=1us
Persistent=true
`);
  });

  test("are only a service, started at boot, for @reboot", () => {
    const [service, ...more] = systemdUnits(exportSource({ Boot: { schedule: "@reboot" } }), "deploy");
    expect(more).toEqual([]);
    expect(service.text).toContain("[Install]\nWantedBy=multi-user.target\n");
  });

  test("with --harden give access only to the app's folders", () => {
    const source = exportSource({ Daily: { schedule: "@daily" } });
    const [service] = systemdUnits(source, "deploy", {
      hardenedFor: ["/srv/app", "/var/log/my app", "/srv/100%"],
    });
    expect(service.text).toContain(`UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths=-/srv/app
ReadWritePaths="-/var/log/my app"
ReadWritePaths=-/srv/100%%
WorkingDirectory`);
    expect(systemdUnits(source, "deploy", { sharesFiles: true })[0].text).toContain("\nUMask=0007\n");
  });

  test("include retries in the time limit", () => {
    const meta = { schedule: "@daily", timeout: "10m", retries: 2, retryDelay: "10s" };
    const [service] = systemdUnits(exportSource({ Tried: meta }), "deploy");
    // Three attempts of ten minutes, pauses of at most 12 and 24 seconds between them, and a minute to spare.
    expect(service.text).toContain("TimeoutStartSec=1896\n");
  });
});

test("what systemd cannot do is an error that names every such command", () => {
  const source = exportSource({
    Fine: { schedule: "@daily" },
    Rate: { schedule: ["@daily", "rate(7 minutes)"] },
    Waits: { schedule: "@daily", overlap: "wait" },
  });
  expect(() => systemdUnits(source, "deploy")).toThrow(
    expect.objectContaining({
      exitStatus: 2,
      message: `systemd does not support what Rate and 1 more needs
  Rate: schedule "rate(7 minutes)" does not divide a day evenly, as systemd requires
    Choose an interval that does.
  Waits: overlap "wait" needs overlapping runs, but a systemd timer never starts a service that is still active
    Set overlap: "skip".`,
    }),
  );
});

test.each(["", "a b", "root;id", "-x"])("%j is not a user name", (user) => {
  expect(() => systemdUnits(exportSource({}), user)).toThrow(`${JSON.stringify(user)} is not a user name`);
});

test("two commands with the same unit name are refused", () => {
  const source = exportSource({
    "reports/Daily": { schedule: "@daily" },
    "reports-Daily": { schedule: "@daily" },
  });
  expect(() => systemdUnits(source, "deploy")).toThrow(
    "reports/Daily and reports-Daily would both be called laju-srv_app-reports-Daily in systemd",
  );
});

test("a path that would break into another line is refused", () => {
  const place = { root: "/srv/a", build: "/srv/a\nUser=root/build", node: "/usr/bin/node" };
  expect(() => systemdUnits(exportSource({ A: { schedule: "@daily" } }, { place }), "deploy")).toThrow(
    'A has the path "/srv/a\\nUser=root/build", which a unit file cannot contain',
  );
});

const systemd = needs("systemd-analyze");

describe.skipIf(systemd.skip)(`systemd${systemd.label}`, () => {
  test("accepts the units, even with odd paths and texts", () => {
    const folder = mkdtempSync(join(tmpdir(), "laju units "));
    const root = join(folder, `it's "100%" $HOME ^\\`);
    const place = { root, build: `${root}/build`, node: process.execPath };
    const source = exportSource(
      {
        Odd: {
          description: 'Says "100%" of $HOME \\',
          schedule: ["0 0 L * *", "rate(45 minutes)", "@reboot"],
        },
        "reports/Monthly": { schedule: "0 6 1 * *", timezone: "Asia/Kolkata", timeout: "500ms" },
      },
      { place },
    );
    const units = systemdUnits(source, "root", { hardenedFor: [`${root}/data`] });
    const files = units.map((unit) => write(folder, unit));
    const broken = write(folder, { name: "laju-broken.timer", text: "[Timer]\nOnCalendar=*-*-45\n" });
    const complaints = verify(files);
    // Also make sure that systemd rejects an invalid unit, because otherwise this test could not fail.
    const proof = verify([broken]);
    rmSync(folder, { recursive: true });
    expect(complaints).toEqual([]);
    expect(proof).not.toEqual([]);
    expect(units).toHaveLength(4);
  });

  function write(folder: string, { name, text }: ExportedFile): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  /** Ignores the machine's own units, which may have problems too. */
  function verify(files: readonly string[]): string[] {
    const { stderr } = spawnSync(programPath("systemd-analyze"), ["verify", ...files], { encoding: "utf8" });
    return stderr.split("\n").filter((line) => line.includes("laju"));
  }
});

test("starts node with its log through systemd and a shell, whatever the paths", () => {
  const folder = mkdtempSync(join(tmpdir(), "laju-start-"));
  const root = join(folder, `it's "100%" $HOME \\ é`);
  const place = { root, build: folder, node: "/bin/echo" };
  const source = exportSource({ Odd: { schedule: "@daily" } }, { place });
  const [{ text }] = systemdUnits(source, "root");
  for (const key of ["ExecStartPre", "ExecStart"]) {
    const [program, ...args] = wordsOf(new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1] ?? "");
    execFileSync(program, args);
  }
  const log = execFileSync("cat", [`${root}/logs/Odd.log`], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(log).toBe("commands/Odd.js\n");
});

/** Parses a command line like systemd (systemd.service, "Command lines"): quotes, then % and $. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) =>
    (quoted?.replace(/\\(.)/g, "$1") ?? plain).replaceAll("%%", "%").replaceAll("$$", "$"),
  );
}
