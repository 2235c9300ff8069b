import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { processIdentity } from "../../framework/process/thisProcess";
import { makeApp, type TestApp } from "../support/apps/app";
import { canBecomeOthers, giveTo, runAs, users } from "../support/asUser";
import { type CronSandbox, needsCron, startCron } from "../support/crontab/cron";

const who = `
import { command } from "../app/console/command";
export default command({ schedule: "0 8 * * *", run() {
  const { HOME, USER, LOGNAME } = process.env;
  console.log(JSON.stringify({ uid: process.getuid?.(), groups: process.getgroups?.(), HOME, USER, LOGNAME }));
} });
`;
const waits = who.replace("export default", "await Promise.resolve();\nexport default");

/** All files below a folder that root owns. */
function rootsFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => lstatSync(join(folder, name)).uid === 0,
  );
}

describe.skipIf(canBecomeOthers.skip)(`root in another user's app${canBecomeOthers.label}`, () => {
  let original: TestApp;
  let app: TestApp;
  let roots: string;
  let secret: string;

  beforeAll(async () => {
    original = makeApp({ "commands/Who.ts": who, "commands/Waits.ts": waits });
    expect((await original.laju("build")).stderr).toBe("");
  });
  beforeEach(() => {
    app = original.copy();
    chmodSync(dirname(app.root), 0o755);
    mkdirSync(join(app.root, "data"));
    mkdirSync(join(app.root, "logs"));
    roots = mkdtempSync(join(tmpdir(), "laju-roots-"));
    secret = join(roots, "shadow");
    writeFileSync(secret, "root:secret\n", { mode: 0o600 });
  });
  afterEach(() => {
    app.remove();
    rmSync(roots, { recursive: true, force: true });
  });
  afterAll(() => original.remove());

  const data = (...names: string[]) => join(app.root, "data", ...names);
  const giveAll = () => giveTo("nobody", app.root);
  const command = (name: string) => app.run([`build/commands/${name}.js`]);

  test.each(["Who", "Waits"])(
    "a command (%s) continues as the owner, with the owner's groups and home",
    async (name) => {
      giveAll();
      const { stdout, stderr, status } = await command(name);
      expect([status, stderr]).toEqual([0, ""]);
      expect(JSON.parse(stdout)).toEqual({
        uid: users.nobody,
        groups: [users.nobody],
        HOME: "/nonexistent",
        USER: "nobody",
        LOGNAME: "nobody",
      });
      expect(rootsFiles(data())).toEqual([]);
    },
  );

  test("a read-only verb leaves no files of root's, and the user's later runs are recorded", async () => {
    giveAll();
    for (const verb of [
      ["status"],
      ["runs"],
      ["pause"],
      ["resume"],
      ["monitor"],
      ["doctor"],
      ["report", "--html", "data/r.html"],
    ]) {
      await app.laju(...verb);
    }
    expect(readdirSync(data())).toContain("runs.sqlite3");
    expect([...rootsFiles(data()), ...rootsFiles(join(app.root, "logs"))]).toEqual([]);
    const run = runAs("nobody", [process.execPath, "build/commands/Who.js"], { cwd: app.root });
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect((await app.laju("runs", "Who", "--json")).stdout).toContain('"state": "succeeded"');
  });

  test("the data folder's owner is the app's user if root owns the code", async () => {
    giveTo("www-data", data());
    expect(JSON.parse((await command("Who")).stdout)).toMatchObject({
      uid: users["www-data"],
      USER: "www-data",
    });
    expect(rootsFiles(data())).toEqual([]);
    // Verbs that write code run as its owner. This also applies if an option precedes the verb.
    app.write("commands/More.ts", who);
    expect((await app.laju("--verbose", "build")).stderr).toBe("");
    expect(statSync(join(app.root, "build/commands/More.js")).uid).toBe(0);
    const others = runAs("nobody", [process.execPath, "laju", "build"], { cwd: app.root });
    expect([others.status, others.stderr]).toEqual([
      1,
      expect.stringMatching(/^✗ the build cannot be written: /),
    ]);
  });

  test("the root's owner is the app's user if there is no data folder yet", async () => {
    rmSync(data(), { recursive: true });
    giveAll();
    expect(JSON.parse((await command("Who")).stdout)).toMatchObject({ uid: users.nobody });
    expect(statSync(data()).uid).toBe(users.nobody);
  });

  test("LAJU_DATA in .env is used, even behind a link", async () => {
    const elsewhere = join(dirname(app.root), "elsewhere");
    mkdirSync(elsewhere);
    giveTo("www-data", elsewhere);
    symlinkSync(elsewhere, join(app.root, "linked"));
    app.write(".env", `LAJU_DATA="${join(app.root, "linked")}"\n`);
    expect(JSON.parse((await command("Who")).stdout)).toMatchObject({ uid: users["www-data"] });
    expect(existsSync(join(elsewhere, "runs.journal"))).toBe(true);
  });

  test("root's own app still runs as root", async () => {
    expect(JSON.parse((await command("Who")).stdout)).toMatchObject({ uid: 0 });
  });

  test("nothing runs if the code belongs to another user and the data to root", async () => {
    giveAll();
    giveTo("root", data());
    for (const args of [["laju", "status"], ["build/commands/Who.js", "a b"], ["build/commands/Waits.js"]]) {
      const { status, stdout, stderr } = await app.run(args);
      expect([status, stdout]).toEqual([1, ""]);
      expect(stderr).toContain(
        `${app.root} belongs to nobody, but its data folder ${data()} belongs to root`,
      );
      expect(stderr).toContain(
        `chown -R nobody ${data()}\n  sudo -u nobody ${process.execPath} ${app.root}/`,
      );
    }
    expect(readdirSync(data())).toEqual([]);
    expect((await app.run(["laju", "runs"], { env: { LAJU_ALLOW_ROOT: "true" } })).status).toBe(0);
  });

  test("nothing runs for a user unknown to the system", async () => {
    giveTo(4711, app.root);
    const { status, stderr } = await app.run(["build/commands/Who.js", "it's"]);
    expect(status).toBe(1);
    expect(stderr).toContain("belongs to user 4711, who has no name on this system");
    expect(stderr).toContain(
      `sudo -u '#4711' ${process.execPath} ${app.root}/build/commands/Who.js 'it'\\''s'`,
    );
  });

  test("nothing runs if the app's user cannot read it", async () => {
    giveAll();
    chmodSync(dirname(app.root), 0o700);
    const { status, stderr } = await command("Who");
    expect([status, stderr]).toEqual([1, expect.stringContaining("belongs to nobody, who cannot read it")]);
  });

  test("nothing is written to a journal that is a link to root's file", async () => {
    symlinkSync(secret, data("runs.journal"));
    giveAll();
    const { stdout, stderr } = await command("Who");
    expect(JSON.parse(stdout)).toMatchObject({ uid: users.nobody });
    expect(stderr).toContain(`${data("runs.journal")} is a symlink`);
    await app.laju("status");
    expect(readFileSync(secret, "utf8")).toBe("root:secret\n");
  });

  test("links named like locks, marks and drafts are not followed", async () => {
    mkdirSync(data("locks"));
    mkdirSync(data("incidents"));
    for (const path of [
      "locks/Who.lock",
      "locks/.pause.lock",
      "incidents/Who",
      `paused.json.${process.pid}.tmp`,
    ]) {
      symlinkSync(secret, data(path));
    }
    giveAll();
    await command("Who");
    expect((await app.laju("pause")).stderr).toContain("is a symlink");
    expect(readFileSync(secret, "utf8")).toBe("root:secret\n");
    expect(statSync(secret).uid).toBe(0);
  });

  describe("with a forged journal", () => {
    let victim: ChildProcess;
    beforeEach(() => {
      victim = spawn("sleep", ["60"], { stdio: "ignore" });
    });
    afterEach(() => void victim.kill("SIGKILL"));

    const forge = async (more: object) => {
      const { hostName } = await import("../../framework/process/thisProcess");
      const start = {
        ...{ key: "forged0001", name: "Who", args: [], startedAt: Date.now() - 1000, attempt: 1 },
        ...{ log: null, slot: null, hasLock: false, host: hostName() },
        ...{ pid: victim.pid, process: processIdentity(victim.pid as number), ...more },
      };
      appendFileSync(data("runs.journal"), `\n${JSON.stringify(start)}\n`);
    };

    test("root's process is not stopped", async () => {
      await forge({});
      giveAll();
      const { status, stderr } = await app.laju("stop", "Who");
      expect([status, stderr]).toEqual([1, expect.stringContaining("It is another user's process.")]);
      expect([victim.exitCode, victim.signalCode]).toEqual([null, null]);
    });

    test("a process with the same pid but another start time is not stopped", async () => {
      await forge({
        process: processIdentity(victim.pid as number)?.replace(/\d$/, (digit) => `${9 - Number(digit)}`),
      });
      expect((await app.laju("stop", "Who")).stderr).toContain("Who is not running");
      expect([victim.exitCode, victim.signalCode]).toEqual([null, null]);
    });

    test("a file outside the log folders is neither reported nor shown", async () => {
      const log = { file: secret, inode: statSync(secret).ino, from: 0 };
      await forge({ log });
      appendFileSync(
        data("runs.journal"),
        `\n${JSON.stringify({ key: "forged0001", state: "failed", exitStatus: 1, finishedAt: Date.now(), logTo: 12 })}\n`,
      );
      // Here root runs laju in an app of its own, so no file permissions could prevent it from reading the file.
      await app.laju("report", "--html", "report.html");
      expect(app.read("report.html")).toContain("Who");
      expect(app.read("report.html")).not.toContain("root:secret");
      const shown = await app.laju("logs", "Who");
      expect(shown.stdout).toBe("");
      expect(shown.stderr).toContain(`wrote to ${secret}, which is not in a log folder`);
      // The default log file may be a symlink to another folder, unless another user created the symlink.
      const own = join(app.root, "logs", "Who.log");
      symlinkSync(secret, own);
      await forge({ key: "forged0003", log: { ...log, file: own } });
      expect((await app.laju("logs", "Who", "--run", "forged0003")).stdout).toContain("root:secret");
      lchownSync(own, users.nobody, users.nobody);
      expect((await app.laju("logs", "Who", "--run", "forged0003")).stdout).toBe("");
      symlinkSync(secret, join(app.root, "logs", "Who.old.log"));
      await forge({ key: "forged0002", log: { ...log, file: join(app.root, "logs", "Who.old.log") } });
      expect((await app.laju("logs", "Who", "--run", "forged0002")).stdout).toBe("");
    });
  });

  describe.skipIf(needsCron.skip)(`with a crontab${needsCron.label}`, () => {
    let cron: CronSandbox;
    beforeAll(async () => {
      cron = await startCron();
    });
    afterAll(() => cron.stop());

    const laju = (...args: string[]) =>
      app.run(["laju", ...args], { env: { PATH: `${cron.bin}:${process.env.PATH}` } });

    test("crontab:install --user changes that user's crontab and reveals nothing of root's", async () => {
      cron.crontab(["-u", "www-data", "-"], "MAILTO=me\n");
      for (let pid = process.pid; pid < process.pid + 2_000; pid += 1) {
        symlinkSync(secret, data(`crontab.bak.${pid}`));
        symlinkSync(secret, data(`installation.json.${pid}`));
      }
      giveTo("www-data", app.root);
      const { status, stdout, stderr } = await laju("crontab:install", "--user", "www-data", "--yes");
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("Crontab updated: 2 added");
      expect(cron.crontab(["-u", "www-data", "-l"]).stdout.toString()).toContain("commands/Who.js");
      expect(readFileSync(data("crontab.bak"), "utf8")).toBe("MAILTO=me\n");
      expect([statSync(secret).uid, readFileSync(secret, "utf8")]).toEqual([0, "root:secret\n"]);
      expect([...rootsFiles(data()), ...rootsFiles(join(app.root, "logs"))]).toEqual([]);
      // Don't check the status, which is 1 because no cron daemon is running here.
      const checked = await laju("crontab:check", "--user", "www-data", "--json");
      expect(JSON.parse(checked.stdout)).toMatchObject({ state: "in order", user: "www-data" });
      expect((await laju("crontab:remove")).status).toBe(0);
      expect(cron.crontab(["-u", "www-data", "-l"]).stdout.toString()).toBe("MAILTO=me\n");
    });

    test("entries in root's or another user's crontab are found, and nothing else in those crontabs is shown", async () => {
      giveTo("www-data", app.root);
      cron.crontab(["-u", "www-data", "-"], "");
      await laju("crontab:install", "--yes");
      const table = cron.crontab(["-u", "www-data", "-l"]).stdout.toString();
      cron.crontab(["-"], `# BEGIN laju /root\n# END laju /root\n${table}`);
      const found = `✗ The crontab of root also has entries for this app, with the path ${app.root}: every command runs twice`;
      const checked = cron.shell(`cd '${app.root}' && exec '${process.execPath}' laju crontab:check`);
      const stdout = checked.stdout.toString();
      expect(stdout).toContain(found);
      const remove = /`LAJU_ALLOW_ROOT=true node (.*)`/.exec(stdout)?.[1]?.split(" ") ?? [];
      const removed = await app.run(remove, {
        env: { PATH: `${cron.bin}:${process.env.PATH}`, LAJU_ALLOW_ROOT: "true" },
      });
      expect(removed).toMatchObject({ status: 0, stderr: "" });
      expect(cron.crontab(["-l"]).stdout.toString()).toBe("# BEGIN laju /root\n# END laju /root\n");
      expect(rootsFiles(data()).filter((name) => name !== "crontab.bak")).toEqual([]);
    });

    test("only the app user's crontab is changed", async () => {
      giveTo("www-data", app.root);
      const { status, stderr } = await laju("crontab:install", "--user", "nobody", "--yes");
      expect([status, stderr]).toEqual([2, expect.stringContaining("this app belongs to www-data")]);
      expect(cron.crontab(["-u", "nobody", "-l"]).stderr.toString()).toContain("no crontab for nobody");
    });
  });
});
