import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run } from "../../framework/runs/ledger/run";
import { makeApp, type TestApp } from "../support/apps/app";
import { type BusyBoxHouse, startBusyBox } from "../support/crontab/busyboxHouse";
import { waitFor } from "../support/crontab/cron";
import { busybox } from "../support/crontab/otherCrons";

const twoMinutes = 150_000;
const every = (overlap: string) => `import { command } from "laju/command";
export default command({ schedule: "* * * * *", overlap: "${overlap}", async run() { console.log("ran"); } });
`;

describe.skipIf(busybox.skip)(`BusyBox's crontab and crond${busybox.label}`, () => {
  let app: TestApp;
  let house: BusyBoxHouse;
  beforeAll(async () => {
    house = await startBusyBox(busybox.path as string);
    app = makeApp(
      { "commands/Plain.ts": every("skip"), "commands/Waiting.ts": every("wait") },
      { name: "it's 100% mine" },
    );
  });
  afterAll(async () => {
    await house?.stop();
    app?.remove();
  });

  const laju = (...args: string[]) =>
    app.run(["laju", ...args], { env: { PATH: `${house.bin}:${process.env.PATH}` } });

  test("from a first installation to rows in the ledger, a change and the removal", async () => {
    expect(await laju("build")).toMatchObject({ status: 0, stderr: "" });
    expect(house.crontab(["-l"])).toMatchObject({ status: 1, stderr: expect.stringContaining("can't open") });

    const installed = await laju("crontab:install");
    expect(installed).toMatchObject({ status: 0, stderr: "" });
    expect(installed.stdout).toContain("Written for BusyBox crond 1.");
    const table = house.crontab(["-l"]).stdout;
    expect(table).toContain("100'\\%' mine");
    expect(table).toMatch(/Waiting\.js >> .* 2>&1 &\n/);
    expect(table).toMatch(/Plain\.js >> .* 2>&1\n/);
    expect((await laju("crontab:install")).stdout).toContain("Crontab was up to date");
    expect(await laju("crontab:check")).toMatchObject({ status: 0 });

    const doctor = JSON.parse((await laju("doctor", "--json")).stdout) as { name: string; message: string }[];
    expect(doctor.find(({ name }) => name === "cron daemon")?.message).toMatch(
      /^crond is running \(pid \d+\): BusyBox crond 1\.[\d.]+\. It cannot start commands at @reboot/,
    );
    const status = JSON.parse((await laju("status", "--json")).stdout);
    expect(status.cron).toMatchObject({ name: "busybox", isNamed: false });

    const logs = ["Plain", "Waiting"].map((name) => join(app.root, "logs", `${name}.log`));
    await waitFor(undefined, () => logs.every(isWritten), twoMinutes);
    const runs: Run[] = JSON.parse((await laju("runs", "--json")).stdout);
    for (const name of ["Plain", "Waiting"]) {
      expect(runs.find((run) => run.name === name)).toMatchObject({ state: "succeeded", exitStatus: 0 });
    }

    const foreign = "# somebody else's\n17 3 * * * echo 50% \\r # mine\n";
    house.crontab(["-"], `${foreign}${house.crontab(["-l"]).stdout}`);
    expect(await laju("crontab:remove")).toMatchObject({ status: 0, stderr: "" });
    expect(house.crontab(["-l"]).stdout).toBe(foreign);
  });

  test("refuses what BusyBox cannot do, and names the command", async () => {
    app.write("commands/First.ts", every("skip").replace('"* * * * *"', '"@reboot"'));
    expect((await laju("build")).status).toBe(0);
    const refused = await laju("crontab:install");
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain(
      'First: schedule "@reboot" cannot be on this crontab: BusyBox crond has no',
    );
    expect((await laju("crontab", "--cron", "debian")).stdout).toContain("@reboot cd ");
  });
});

function isWritten(file: string): boolean {
  return existsSync(file) && readFileSync(file).includes("\n");
}
