import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  crontabDiffText,
  crontabStateText,
  crontabSummary,
} from "../../../../framework/crontab/install/changeText";
import {
  type CrontabTarget,
  checkCrontab,
  installCrontab,
  previewInstall,
  previewRemove,
  removeCrontab,
} from "../../../../framework/crontab/install/installer";
import type { CrontabRow } from "../../../../framework/crontab/text/line";
import { bundledProgram } from "../../../support/apps/bundledProgram";
import { type CronSandbox, needsCron, startCron } from "../../../support/crontab/cron";
import { type FakeCrontab, fakeCrontab } from "../../../support/crontab/fakeCrontab";

const theirs = "MAILTO=me\n0 1 * * * theirs\n";

const rowsIn = (folder: string, fields: Record<string, string>): CrontabRow[] =>
  Object.entries(fields).map(([name, field]) => ({
    name,
    description: `What ${name} does`,
    entries: [{ fields: field }],
    file: `commands/${name}.js`,
    log: join(folder, "logs", `${name}.log`),
    priority: 0,
  }));

const targetIn = (
  { folder, program }: { folder: string; program: string },
  fields: Record<string, string> = { CleanUp: "0 2 * * *", Digest: "0 8 * * *" },
): CrontabTarget => ({
  rows: rowsIn(folder, fields),
  place: { root: "/srv/app", build: "/srv/app/build", node: "/usr/bin/node" },
  data: join(folder, "data"),
  program,
});

const blockOf = (folder: string, hash: string, ...lines: [string, string][]) =>
  [
    `# BEGIN laju /srv/app hash=${hash}`,
    ...lines.flatMap(([name, fields]) => [
      `# What ${name} does`,
      `${fields} cd /srv/app/build && /usr/bin/node commands/${name}.js >> ${folder}/logs/${name}.log 2>&1`,
    ]),
    "# END laju /srv/app\n",
  ].join("\n");

describe("the crontab of this app", () => {
  let fake: FakeCrontab;
  beforeEach(() => {
    fake = fakeCrontab();
  });
  afterEach(() => fake.remove());
  const table = () => fake.table()?.toString();
  const backup = () => join(fake.folder, "data", "crontab.bak");

  test("is added at the end, and removed again", () => {
    fake.put(theirs);
    const change = installCrontab(targetIn(fake));
    const hash = /hash=(\w+)/.exec(table() ?? "")?.[1] ?? "";
    const block = blockOf(fake.folder, hash, ["CleanUp", "0 2 * * *"], ["Digest", "0 8 * * *"]);
    expect(table()).toBe(theirs + block);
    expect(change).toMatchObject({
      isFirst: true,
      isWritten: true,
      added: 2,
      otherLines: 2,
      backup: backup(),
    });
    expect(removeCrontab(targetIn(fake))).toMatchObject({ isWritten: true, removed: 2 });
    expect(table()).toBe(theirs);
    expect(readFileSync(backup(), "utf8")).toBe(theirs + block);
  });

  test("is backed up, readable only by its owner", () => {
    fake.put(theirs);
    installCrontab(targetIn(fake));
    expect(readFileSync(backup(), "utf8")).toBe(theirs);
    expect(statSync(backup()).mode & 0o777).toBe(0o600);
  });

  test("is not written if nothing changes", () => {
    fake.put(theirs);
    installCrontab(targetIn(fake));
    const calls = fake.calls().length;
    const change = installCrontab(targetIn(fake));
    expect(change).toMatchObject({ isNeeded: false, isWritten: false, unchanged: 2 });
    expect(fake.calls().slice(calls)).toEqual(["-l"]);
    expect(crontabSummary(change)).toBe("Crontab was up to date: 2 unchanged");
    expect(removeCrontab(targetIn({ ...fake }))).toMatchObject({ isWritten: true });
    expect(removeCrontab(targetIn(fake))).toMatchObject({ isNeeded: false, isWritten: false });
  });

  test("is emptied, not deleted, if nothing else is in it", () => {
    installCrontab(targetIn(fake));
    removeCrontab(targetIn(fake));
    expect(table()).toBe("");
    expect(fake.calls().some((call) => call.includes("-r"))).toBe(false);
  });

  test("gets its log folders before it is written, and missing ones again later", () => {
    installCrontab(targetIn(fake));
    expect(existsSync(join(fake.folder, "logs"))).toBe(true);
  });

  test("is not changed if a log folder cannot be created", () => {
    fake.put(theirs);
    const target = targetIn(fake);
    target.rows[0].log = "/dev/null/logs/x.log";
    expect(() => installCrontab(target)).toThrow(expect.objectContaining({ code: "E_CRONTAB_FILES" }));
    expect(table()).toBe(theirs);
  });

  test("is not changed if a log is a folder", () => {
    fake.put(theirs);
    const target = targetIn(fake);
    target.rows[0].log = fake.folder;
    expect(() => installCrontab(target)).toThrow(`${fake.folder} cannot be written: it is a folder`);
    expect(table()).toBe(theirs);
  });

  test("is not changed if the backup cannot be written", () => {
    fake.put(theirs);
    expect(() => installCrontab({ ...targetIn(fake), data: "/dev/null/data" })).toThrow("/dev/null/data");
    expect(table()).toBe(theirs);
  });

  test("gets a final newline, because crontab refuses a table without one", () => {
    fake.put("0 1 * * * theirs");
    installCrontab(targetIn(fake));
    expect(table()?.startsWith("0 1 * * * theirs\n# BEGIN")).toBe(true);
    removeCrontab(targetIn(fake));
    expect(table()).toBe("0 1 * * * theirs\n");
  });

  test("accepts at most 10,000 lines", () => {
    fake.put("#\n".repeat(9_994));
    installCrontab(targetIn(fake));
    expect(table()?.split("\n")).toHaveLength(10_001);
    fake.put("#\n".repeat(9_995));
    expect(() => installCrontab(targetIn(fake))).toThrow("the crontab would have 10001 lines");
  });

  test("a marker without its counterpart prevents the installation", () => {
    fake.put(`${theirs}# END laju /srv/app\n`);
    for (const use of [installCrontab, removeCrontab, checkCrontab, previewInstall]) {
      expect(() => use(targetIn(fake))).toThrow('but no matching "# BEGIN" line');
    }
    expect(table()).toBe(`${theirs}# END laju /srv/app\n`);
  });

  test("doesn't overwrite a crontab that another program has just changed", () => {
    fake.remove();
    fake = fakeCrontab(`"-n -") echo '# new' >> "$table";;`);
    fake.put(theirs);
    expect(() => installCrontab(targetIn(fake))).toThrow(
      "something else changed the crontab at the same time",
    );
    expect(table()).toBe(`${theirs}# new\n`);
  });

  test("a preview shows what would change and writes nothing", () => {
    fake.put(theirs);
    installCrontab(targetIn(fake));
    const before = table();
    const preview = previewInstall(targetIn(fake, { CleanUp: "0 3 * * *", Digest: "0 8 * * *" }));
    expect(
      crontabDiffText({ ...preview, user: "deploy" }, undefined, "Nothing written."),
    ).toBe(`  crontab of deploy
  - 0 2 * * * cd /srv/app/build && /usr/bin/node commands/CleanUp.js >> ${fake.folder}/logs/CleanUp.log 2>&1
  + 0 3 * * * cd /srv/app/build && /usr/bin/node commands/CleanUp.js >> ${fake.folder}/logs/CleanUp.log 2>&1
  1 changed, 1 unchanged, 2 other lines left alone. Nothing written.
`);
    expect(previewRemove(targetIn(fake))).toMatchObject({ removed: 2, isWritten: false, isNeeded: true });
    expect(table()).toBe(before);
  });

  test("summarizes a change", () => {
    fake.put(theirs);
    installCrontab(targetIn(fake));
    const change = installCrontab(targetIn(fake, { CleanUp: "0 3 * * *", Digest: "0 8 * * *" }));
    expect(crontabSummary(change)).toBe(
      `Crontab updated: 1 changed, 1 unchanged. Previous version in ${backup()}`,
    );
  });

  test("changes only the named commands", () => {
    installCrontab(targetIn(fake));
    const next = targetIn(fake, { CleanUp: "0 3 * * *", Digest: "0 9 * * *", New: "@daily" });
    expect(installCrontab({ ...next, only: ["Digest"] })).toMatchObject({
      changed: 1,
      unchanged: 1,
      added: 0,
    });
    expect(table()).toContain("\n0 2 * * * ");
    expect(table()).toContain("\n0 9 * * * ");
    expect(table()).not.toContain("@daily");
  });

  test("overrides a SHELL that is not a POSIX shell", () => {
    fake.put("SHELL=/usr/sbin/nologin\n");
    installCrontab(targetIn(fake));
    expect(table()).toContain("\nSHELL=/bin/sh\n");
    expect(checkCrontab(targetIn(fake)).state).toBe("in order");
  });

  test.each<[string, (target: CrontabTarget) => void, string]>([
    ["not installed", () => {}, "has no entries of this app"],
    ["in order", installCrontab, "matches the build"],
    [
      "older than the build",
      (target) => installCrontab({ ...target, rows: target.rows.slice(1) }),
      "is older than the build",
    ],
    [
      "edited by hand",
      (target) => {
        installCrontab(target);
        fake.put((table() ?? "").replace("0 2 * * *", "0 4 * * *"));
      },
      "was edited by hand between this app's markers",
    ],
  ])("%s is a state of its own", (state, prepare, words) => {
    fake.put(theirs);
    prepare(targetIn(fake));
    const before = table();
    const result = checkCrontab(targetIn(fake));
    expect(result.state).toBe(state);
    expect(crontabStateText(result.state, { ...result.change, user: "deploy" }).message).toBe(
      `The crontab of deploy ${words}`,
    );
    expect(table()).toBe(before);
  });

  test("is up to date if nothing is scheduled and nothing is installed", () => {
    expect(checkCrontab(targetIn(fake, {})).state).toBe("in order");
    installCrontab(targetIn(fake));
    expect(checkCrontab(targetIn(fake, {})).state).toBe("older than the build");
  });
});

const installer = join(import.meta.dirname, "..", "..", "..", "support", "crontab", "installCrontab.ts");

/** Installs the block of an app in a separate process. */
function installElsewhere(cron: CronSandbox, number: number): Promise<number | null> {
  const target = targetIn({ folder: cron.folder, program: cron.program }, { Digest: "0 8 * * *" });
  target.place.root = `/srv/app${number}`;
  target.data = join(cron.folder, `data${number}`);
  const child = spawn(process.execPath, [bundledProgram(installer), JSON.stringify(target)], {
    env: { ...process.env, LAJU_ROOT: target.place.root },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve) => child.on("close", resolve));
}

describe.skipIf(needsCron.skip)(`with Debian's crontab${needsCron.label}`, () => {
  let cron: CronSandbox;
  beforeAll(async () => {
    cron = await startCron();
  });
  afterAll(() => cron?.stop());
  beforeEach(() => cron.shell("rm -f /var/spool/cron/crontabs/*"));

  test("installs, checks and removes", () => {
    cron.crontab(["-"], theirs);
    const target = targetIn(cron);
    expect(installCrontab(target)).toMatchObject({ isWritten: true, added: 2 });
    expect(checkCrontab(target).state).toBe("in order");
    expect(removeCrontab(target)).toMatchObject({ isWritten: true, removed: 2 });
    expect(cron.crontab(["-l"]).stdout.toString()).toBe(theirs);
  });

  test("an invalid line of the user's own prevents the installation", () => {
    const spool = "/var/spool/cron/crontabs/root";
    cron.shell(`printf '# x\\n0 99 * * * bad\\n' > ${spool}; chmod 600 ${spool}`);
    expect(() => installCrontab(targetIn(cron))).toThrow("bad hour");
    expect(cron.shell(`cat ${spool}`).stdout.toString()).toBe("# x\n0 99 * * * bad\n");
  });

  test("files that root creates for another user belong to that user", () => {
    const folder = join(cron.folder, "theirs");
    mkdirSync(folder);
    const target = { ...targetIn({ ...cron, folder }), user: "nobody" };
    cron.crontab(["-u", "nobody", "-"], theirs);
    expect(installCrontab(target)).toMatchObject({ user: "nobody", added: 2 });
    const uid = Number(cron.shell("id -u nobody").stdout);
    expect(statSync(target.data).uid).toBe(uid);
    expect(statSync(join(target.data, "crontab.bak")).uid).toBe(uid);
    expect(statSync(join(folder, "logs")).uid).toBe(uid);
    expect(cron.crontab(["-l"]).stderr.toString()).toBe("no crontab for root\n");
  });

  test.each([
    ["folder", "logs", 0o755],
    ["log", "logs/Digest.log", 0o644],
  ])("a %s that the user cannot write to prevents the installation for this user", (what, closed, mode) => {
    const folder = join(cron.folder, `closed ${what}`);
    mkdirSync(join(folder, "logs"), { recursive: true });
    chmodSync(join(folder, "logs"), 0o777);
    writeFileSync(join(folder, "logs", "Digest.log"), "");
    chmodSync(join(folder, "logs", "Digest.log"), 0o666);
    chmodSync(join(folder, closed), mode);
    const target = { ...targetIn({ ...cron, folder }), user: "nobody" };
    const file = what === "log" ? "Digest" : "CleanUp";
    expect(() => installCrontab(target)).toThrow(
      `${join(folder, "logs", `${file}.log`)} cannot be written by nobody`,
    );
    expect(cron.crontab(["-u", "nobody", "-l"]).stderr.toString()).toBe("no crontab for nobody\n");
    chmodSync(join(folder, closed), 0o777);
    expect(installCrontab(target)).toMatchObject({ user: "nobody", added: 2 });
  });

  test("twelve simultaneous installations all take effect", async () => {
    cron.crontab(["-"], theirs);
    const statuses = await Promise.all(
      Array.from({ length: 12 }, (_, number) => installElsewhere(cron, number)),
    );
    expect(statuses).toEqual(Array(12).fill(0));
    const table = cron.crontab(["-l"]).stdout.toString();
    expect(table.match(/^# BEGIN laju \/srv\/app\d+ /gm)).toHaveLength(12);
    expect(table.startsWith(theirs)).toBe(true);
  });
});
