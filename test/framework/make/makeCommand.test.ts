import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";

/** The form of a command that only exports `run`. */
const counted = `import DB from "../app/services/DB";
export const run = async () => DB("jobs").count("* as jobs").first();
`;

describe("make:command", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp();
    await app.laju("build");
  });
  afterAll(() => app.remove());

  test("writes a declared command with the given metadata and prints the next steps", async () => {
    const made = await app.laju(
      ...["make:command", "SendDailyEmails", "--schedule", "0 8 * * *", "--description", 'Say "hello"'],
      ...["--timeout", "10m", "--priority", "5", "--tags", "mail,daily"],
    );
    expect(made.stderr).toBe("");
    expect(made.status).toBe(0);
    expect(made.stdout).toMatch(
      /^✓ Created commands\/SendDailyEmails\.ts {3}At 08:00, next \w{3} \d\d \w{3} 08:00\n/,
    );
    expect(made.stdout).toContain("npx tsx commands/SendDailyEmails.ts");
    expect(app.read("commands/SendDailyEmails.ts")).toContain(
      [
        '  description: "Say \\"hello\\"",',
        '  schedule: "0 8 * * *",',
        '  timeout: "10m",',
        "  priority: 5,",
        '  tags: ["mail", "daily"],',
      ].join("\n"),
    );
  });

  test.each([
    ["send-daily emails", "SendDailyEmails2", []],
    ["sync_external_data", "SyncExternalData", []],
    ["prune exports", "PruneExports", ["--script"]],
    ["reports/monthly", "reports/Monthly", []],
    ["reports/old/yearly", "reports/old/Yearly", ["--script"]],
  ])("%s is written and runs unchanged (%s)", async (typed, name, flags) => {
    const wanted = typed === "send-daily emails" ? `${typed} 2` : typed;
    expect((await app.laju("make:command", wanted, ...flags)).status).toBe(0);
    const tsx = join(app.root, "node_modules/.bin/tsx");
    const ran = await app.run([`commands/${name}.ts`], { program: tsx });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout).toContain(`${name} is running`);
    expect(ran.stdout).toContain('"databaseAnswers":true');
  });

  test("accepts a time zone, retries and any priority, and the command is found by its name in any case style", async () => {
    const flags = [
      "--schedule",
      "0 9 * * *",
      "--timezone",
      "Asia/Tokyo",
      "--retries",
      "2",
      "--priority",
      "urgent",
    ];
    const made = await app.laju("make:command", "nightly_clean-up", ...flags);
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toMatch(/, next \w{3} \d\d \w{3} 09:00 Asia\/Tokyo\n/);
    expect(app.read("commands/NightlyCleanUp.ts")).toContain(
      '  schedule: "0 9 * * *",\n  timezone: "Asia/Tokyo",\n  retries: 2,\n  priority: "urgent",\n',
    );
    for (const name of ["nightly_clean-up", "nightly-clean-up", "nightlyCleanUp", "NIGHTLY_CLEAN_UP"]) {
      const shown = await app.laju("show", name);
      expect(shown.stdout).toMatch(/^NightlyCleanUp {2}.*\n[\s\S]*retries +2[\s\S]*priority +urgent\n/);
    }
    app.write("commands/nightly-clean-up.ts", 'console.log("another");\n');
    expect((await app.laju("show", "nightly-clean-up")).stdout).toContain("commands/nightly-clean-up.ts");
    expect(await app.laju("show", "nightly_clean_up")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('"nightly_clean_up" could be NightlyCleanUp or nightly-clean-up'),
    });
    rmSync(join(app.root, "commands/nightly-clean-up.ts"));
    for (const verb of [["inspect"], ["crontab"], ["inspect", "--json"]]) {
      expect((await app.laju(...verb)).stderr, verb.join(" ")).toMatch(
        /^The build is older than its sources: commands\/.* (changed|is new)\. Run npm run build\.$/m,
      );
    }
  });

  test("generated commands pass the type check", async () => {
    await app.laju("make:command", "Checked", "--schedule", "@daily", "--priority", "urgent");
    await app.laju("make:command", "CheckedScript", "--script", "--tags", "a");
    const checked = await app.run(["--noEmit", "-p", "."], {
      program: join(app.root, "node_modules/.bin/tsc"),
    });
    expect(checked).toMatchObject({ stdout: "", status: 0 });
  });

  test("writes a passing test for each form, but not with --no-test or if one exists", async () => {
    const made = await app.laju("make:command", "reports/tested");
    expect(made.stdout).toBe(`✓ Created commands/reports/Tested.ts
✓ Created test/commands/reports/Tested.test.ts

  Try it     npx tsx commands/reports/Tested.ts
  Test it    npx vitest run test/commands/reports/Tested.test.ts
  Schedule   npm run build && node laju crontab:install
`);
    // `delete` is a reserved word, so the test has to import this command by another name.
    await app.laju("make:command", "Delete");
    await app.laju("make:command", "TestedScript", "--script");
    app.write("commands/Counted.ts", counted);
    expect((await app.laju("make:test", "counted")).status).toBe(0);
    expect((await app.laju("make:test", "Prices", "--plain")).status).toBe(0);
    const tests = ["reports/Tested", "Delete", "TestedScript", "Counted"].map(
      (name) => `test/commands/${name}.test.ts`,
    );
    const vitest = "node_modules/vitest/vitest.mjs";
    const ran = await app.run([vitest, "run", ...tests, "test/Prices.test.ts"], { env: { NO_COLOR: "1" } });
    expect(ran.stdout).toMatch(/Tests +5 passed \(5\)/);

    expect((await app.laju("make:command", "Untested", "--no-test")).stdout).not.toContain(".test.ts");
    expect(existsSync(join(app.root, "test/commands/Untested.test.ts"))).toBe(false);
    app.write("test/commands/Tested2.test.ts", "// mine\n");
    expect((await app.laju("make:command", "Tested2")).stdout).not.toContain(".test.ts");
    expect(app.read("test/commands/Tested2.test.ts")).toBe("// mine\n");
  });

  test("an existing file is kept unless --force is given", async () => {
    app.write("commands/Kept.ts", "// mine\n");
    const refused = await app.laju("make:command", "Kept");
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toBe("✗ commands/Kept.ts already exists\n  Use --force to replace it.\n");
    expect(app.read("commands/Kept.ts")).toBe("// mine\n");
    expect((await app.laju("make:command", "Kept", "--force")).status).toBe(0);
    expect(app.read("commands/Kept.ts")).toContain("command({");
  });

  test.each([
    ["../evil"],
    ["$(rm -rf x)"],
    ["1st"],
    [""],
    ["reports/"],
    ["a;b"],
    ["native/List"],
    ["Index"],
    ["Zoë"],
  ])("%j is not a command name", async (typed) => {
    const refused = await app.laju("make:command", typed);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(`✗ ${JSON.stringify(typed)} is not a command name`);
  });

  test.each([
    [["--schedule", "0 8 * *"], '✗ schedule "0 8 * *" has 4 fields, expected 5'],
    [["--schedule", "every day at noon"], "✗ "],
    [["--schedule", "99 99 99 99 99"], "✗ "],
    [["--timeout", "10"], '✗ timeout: "10" is not a duration'],
    [["--priority", "-5"], "✗ option --priority needs a value\n  If -5 is the value, write --priority=-5."],
    [["--priority", "very high"], '✗ priority must be a number or a word such as "high", found "very high"'],
    [["--timezone", "europe/berlin"], '✗ timezone: "europe/berlin" is not a time zone'],
    [["--timezone", "PST"], '✗ timezone: "PST" is not a time zone'],
    [["--retries", "often"], '✗ retries must be a whole number from 0 to 100, found "often"'],
    [["--tags", "a b"], "✗ tags must be a list of words"],
    [["--description", "two\nlines"], "✗ description must be one line"],
    [["--shedule", "@daily"], "✗ unknown option --shedule"],
  ])("%j is rejected before anything is written", async (flags, message) => {
    const refused = await app.laju("make:command", "Refused", ...flags);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(message);
    expect(existsSync(join(app.root, "commands/Refused.ts"))).toBe(false);
  });

  test("the name is required", async () => {
    const refused = await app.laju("make:command");
    expect(refused.stderr).toBe("✗ make:command needs <Name>\n  Usage: node laju make:command <Name>\n");
    expect(refused.status).toBe(2);
  });

  test("the app's own stub is used, and an unknown placeholder in it is named in the error", async () => {
    app.write("stubs/command.stub", "// {{ name }} of {{ app }}\n");
    await app.laju("make:command", "reports/Own");
    expect(app.read("commands/reports/Own.ts")).toBe("// reports/Own of ../../app\n");
    app.write("stubs/command.stub", "// {{ author }}\n");
    const refused = await app.laju("make:command", "Other");
    expect(refused.stderr).toContain("stub command.stub contains the unknown placeholder {{ author }}");
    expect(refused.status).toBe(1);
  });
});
