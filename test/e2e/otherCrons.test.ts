import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run } from "../../framework/runs/ledger/run";
import { makeApp, type TestApp } from "../support/apps/app";
import { giveTo, users } from "../support/asUser";
import { waitFor } from "../support/crontab/cron";
import { bcron, busybox, systemdCron } from "../support/crontab/otherCrons";
import {
  type OtherCronSandbox,
  startBcron,
  startBusyBox,
  startSystemdCron,
} from "../support/crontab/otherSandboxes";

const twoMinutes = 150_000;
const every = (options: string) => `import { command } from "laju/command";
export default command({ ${options}, async run() { console.log("ran"); } });
`;
/** The user's own lines in the crontab, in latin1. */
const foreign = "# somebody else's \xe9\n17 3 * * * echo 50% \\r # mine\n";

let app: TestApp;
const stops: (() => Promise<void>)[] = [];
const apps: TestApp[] = [];

beforeAll(async () => {
  app = makeApp(
    {
      "commands/Plain.ts": every('schedule: "* * * * *"'),
      "commands/Waiting.ts": every('schedule: "* * * * *", overlap: "wait"'),
      "commands/First.ts": every('schedule: "@reboot", environments: ["boot"]'),
      "commands/Exact.ts": every('schedule: "30 0 8 * * *", environments: ["exact"]'),
    },
    { name: "it's 100% mine" },
  );
  apps.push(app);
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
});

afterAll(async () => {
  for (const stop of stops) await stop();
  for (const one of apps) one.remove();
});

async function inSandbox(starting: Promise<OtherCronSandbox>) {
  const sandbox = await starting;
  stops.push(sandbox.stop);
  const own = app.copy();
  apps.push(own);
  const env = { PATH: `${sandbox.bin}:${process.env.PATH}` };
  const laju = (...args: string[]) => own.run(["laju", ...args], { env });
  return { sandbox, own, laju };
}

async function waitForRuns({ root }: TestApp, names = ["Plain", "Waiting"]): Promise<void> {
  const logs = names.map((name) => join(root, "logs", `${name}.log`));
  await waitFor(undefined, () => logs.every(isWritten), twoMinutes);
}

function isWritten(file: string): boolean {
  return existsSync(file) && readFileSync(file).includes("\n");
}

async function expectSucceeded(laju: (...args: string[]) => Promise<{ stdout: string }>): Promise<void> {
  const runs: Run[] = JSON.parse((await laju("runs", "--json")).stdout);
  for (const name of ["Plain", "Waiting"]) {
    expect(runs.find((run) => run.name === name)).toMatchObject({ state: "succeeded", exitStatus: 0 });
  }
}

/** Installs entries below the user's own lines, twice, and checks the crontab. */
async function expectInstalled(
  { sandbox, laju }: Awaited<ReturnType<typeof inSandbox>>,
  { label, lines = foreign }: { label: RegExp; lines?: string },
): Promise<string> {
  expect(sandbox.crontab("-l", "-u", "root")).toMatchObject({ stdout: "" });
  const first = await laju("crontab:install");
  expect(first).toMatchObject({ status: 0, stderr: "" });
  expect(first.stdout).toMatch(label);
  expect(await laju("crontab:remove")).toMatchObject({ status: 0 });
  expect(sandbox.crontab("-u", "root", "-l").stdout).toBe("");

  sandbox.put(lines);
  expect(await laju("crontab:install")).toMatchObject({ status: 0, stderr: "" });
  const table = sandbox.crontab("-u", "root", "-l").stdout;
  expect(table.startsWith(lines)).toBe(true);
  expect(table).toContain("100'\\%' mine");
  expect((await laju("crontab:install")).stdout).toContain("Crontab was up to date");
  expect(await laju("crontab:check")).toMatchObject({ status: 0 });
  return table;
}

async function expectChangedAndRemoved(
  { sandbox, laju }: Awaited<ReturnType<typeof inSandbox>>,
  lines = foreign,
): Promise<void> {
  const node = process.execPath;
  const changed = await laju("crontab:install", "--log-dir", join(sandbox.folder, "logs"));
  expect(changed).toMatchObject({ status: 0 });
  expect(sandbox.crontab("-u", "root", "-l").stdout).toContain(
    `${node} commands/Plain.js >> ${sandbox.folder}`,
  );
  expect(await laju("crontab:remove")).toMatchObject({ status: 0, stderr: "" });
  expect(sandbox.crontab("-u", "root", "-l").stdout).toBe(lines);
}

async function expectRefused(
  laju: (...args: string[]) => Promise<{ status: number | null; stderr: string }>,
  environment: string,
  message: string,
): Promise<void> {
  const refused = await laju("crontab", "--env", environment);
  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toContain(message);
}

describe.concurrent("from crontab:install to the recorded run", () => {
  test.skipIf(busybox.skip)(`BusyBox's crontab and crond${busybox.label}`, async () => {
    const place = await inSandbox(startBusyBox());
    const { sandbox, laju, own } = place;
    expect(sandbox.crontab("-l")).toMatchObject({ status: 1, stderr: expect.stringContaining("can't open") });
    const table = await expectInstalled(place, { label: /Written for BusyBox crond 1\./ });
    expect(table).toMatch(/Waiting\.js >> .* 2>&1 &\n/);
    expect(table).toMatch(/Plain\.js >> .* 2>&1\n/);

    const doctor = JSON.parse((await laju("doctor", "--json")).stdout) as { name: string; message: string }[];
    expect(doctor.find(({ name }) => name === "cron daemon")?.message).toMatch(
      /^crond is running \(pid \d+\): BusyBox crond 1\.[\d.]+\. It cannot start commands at @reboot/,
    );
    const status = JSON.parse((await laju("status", "--json")).stdout);
    expect(status.cron).toMatchObject({ name: "busybox", isNamed: false });
    await expectRefused(
      laju,
      "boot",
      'First: schedule "@reboot" does not work in this crontab: BusyBox crond has no',
    );
    expect((await laju("crontab", "--env", "boot", "--cron", "debian")).stdout).toContain("@reboot cd ");
    expect((await laju("crontab", "--env", "exact")).stdout).toContain("/bin/sleep");

    await waitForRuns(own);
    await expectSucceeded(laju);
    await expectChangedAndRemoved(place);
  });

  test.skipIf(busybox.skip)(`BusyBox's crontab and crond, for another user${busybox.label}`, async () => {
    const { sandbox, own } = await inSandbox(startBusyBox());
    giveTo("nobody", dirname(own.root));
    const table = () => sandbox.shell("cat /etc/crontabs/nobody").stdout;
    const ids = [`--reuid=${users.nobody}`, `--regid=${users.nobody}`, "--clear-groups"];
    const within = (bin: string, words: string[], args: string[]) => {
      const path = `PATH=${sandbox.folder}/${bin}:/usr/bin:/bin`;
      const place = ["env", "-C", own.root, path, "HOME=/tmp"];
      const all = [...sandbox.enter.slice(1), ...words, ...place, process.execPath, "laju"];
      return own.run([...all, ...args], { program: "nsenter" });
    };
    // root runs laju in an app of the user nobody. crontab(1) works only for root, as on Alpine.
    const asRoot = (...args: string[]) => within("plain", [], args);
    expect(await asRoot("crontab:install", "--yes")).toMatchObject({ status: 0, stderr: "" });
    expect(table()).toContain("Plain.js");
    expect(sandbox.shell("stat -c %a /etc/crontabs/nobody").stdout).toBe("600\n");
    expect(await asRoot("crontab:remove", "--user", "nobody")).toMatchObject({ status: 0 });
    expect(table()).toBe("");
    const alone = await within("plain", ["setpriv", ...ids], ["crontab:install"]);
    expect(alone.stderr).toContain("apk add busybox-suid");

    // The user nobody runs laju. crontab(1) is setuid, as in Alpine's package busybox-suid.
    const asNobody = (...args: string[]) => within("suid", ["setpriv", ...ids], args);
    expect(await asNobody("crontab:install")).toMatchObject({ status: 0, stderr: "" });
    expect((await asNobody("crontab:install")).stdout).toContain("Crontab was up to date");
    expect(table()).toContain("Plain.js");
    expect((await asNobody("crontab:install", "--user", "root")).stderr).toContain("only root can change");

    await waitForRuns(own);
    await expectSucceeded(asNobody);
    // crond has read the file that lists changed crontabs, and has removed it.
    expect(sandbox.shell("ls /etc/crontabs").stdout).toBe("nobody\n");
    expect(await asNobody("crontab:remove")).toMatchObject({ status: 0 });
    expect(table()).toBe("");
  });

  test.skipIf(bcron.skip)(`bcron's crontab and daemons${bcron.label}`, async () => {
    const place = await inSandbox(startBcron());
    const { sandbox, laju, own } = place;
    expect(sandbox.crontab("-u", "root", "-l")).toMatchObject({ status: 111 });
    const bytes = `${foreign}# \xff\0\r\n`;
    await expectInstalled(place, {
      label: /Written for bcron, which cannot start commands at @reboot/,
      lines: bytes,
    });
    await expectRefused(laju, "boot", "bcron has no @reboot");
    const doctor = JSON.parse((await laju("doctor", "--json")).stdout) as { name: string; message: string }[];
    expect(doctor.find(({ name }) => name === "cron daemon")?.message).toMatch(
      /^bcron-sched is running \(pid \d+\): bcron/,
    );
    await waitForRuns(own);
    await expectSucceeded(laju);
    await expectChangedAndRemoved(place, bytes);
  });

  test.skipIf(systemdCron.skip)(`systemd-cron's crontab and generator${systemdCron.label}`, async () => {
    const place = await inSandbox(startSystemdCron());
    const { sandbox, laju, own } = place;
    const text = Buffer.from(foreign).toString("latin1");
    await expectInstalled(place, {
      label: /Written for systemd-cron, which starts commands up to a/,
      lines: text,
    });
    expect((await laju("crontab", "--env", "boot")).stdout).toContain("@reboot cd ");
    await expectRefused(laju, "exact", "systemd-cron starts commands up to a minute late");

    // Run the generator, as systemd does at boot and after each change, then the commands of the timers.
    sandbox.shell('/usr/bin/python3 /lib/systemd/system-generators/systemd-crontab-generator "$1/units"');
    expect(sandbox.shell('grep -h OnCalendar "$1"/units/cron-root-root-*.timer').stdout).toContain(
      "OnCalendar=*-*-* *:*:00\nOnCalendar=*-*-* *:*:00\n",
    );
    sandbox.shell(`
      for service in "$1"/units/cron-root-root-*.service; do
        (cd / && env -i PATH=/usr/bin:/bin $(sed -n 's/^ExecStart=//p' "$service"))
      done`);
    await waitForRuns(own);
    await expectSucceeded(laju);
    await expectChangedAndRemoved(place, text);

    // laju reads systemd-cron's spool directly, and the test's spool is visible only in the namespace.
    const within = [...sandbox.enter.slice(1), "env", "-C", own.root, `PATH=${sandbox.bin}:/usr/bin:/bin`];
    const installed = () =>
      own.run([...within, process.execPath, "laju", "crontab:install"], { program: "nsenter" });
    sandbox.shell(`printf '0 1 * * * x\\r\\n' > /var/spool/cron/crontabs/root`);
    expect((await installed()).stderr).toContain("the crontab has carriage returns");
    sandbox.shell(`printf '# \\377\\n' > /var/spool/cron/crontabs/root`);
    expect((await installed()).stderr).toContain("the crontab cannot be read: UnicodeDecodeError");
  });
});
