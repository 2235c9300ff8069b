import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
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
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canBecomeOthers, giveTo, runAs } from "../../support/asUser";
import { linkModules, putPackage } from "../../support/package/linked";

let folder: string;
let laju: string;
let tarball: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "laju-made-"));
  ({ laju, tarball } = putPackage(join(folder, "laju")));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Runs a program as a user would: without a terminal, with npm's usual output, and without the test runner's settings.
 */
function run(cwd: string, words: string[], env: NodeJS.ProcessEnv = {}) {
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(words[0] as string, words.slice(1), {
    cwd,
    encoding: "utf8",
    env: { PATH, HOME, LANG: "C.UTF-8", TZ: "UTC", NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 200_000,
  });
  return { status, stdout, stderr };
}

const makeNew = (cwd: string, ...words: string[]) =>
  run(cwd, ["node", join(laju, "laju.js"), "new", ...words]);

/** Fails the test with the complete output. */
function succeeds(cwd: string, line: string): string {
  const { status, stdout, stderr } = run(cwd, ["sh", "-c", line]);
  expect({ line, status, ...(status !== 0 && { stdout, stderr }) }).toEqual({ line, status: 0 });
  return stdout;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** A folder for PATH that contains only these programs. */
function pathWith(...names: string[]): string {
  const bin = mkdtempSync(join(folder, "bin-"));
  for (const name of names) symlinkSync(succeeds(folder, `command -v ${name}`).trim(), join(bin, name));
  return bin;
}

describe("the package", () => {
  const unpacked = () =>
    readdirSync(laju, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(laju, join(entry.parentPath, entry.name)));

  test("is smaller than 2 MB, packed and unpacked", () => {
    expect(statSync(tarball).size).toBeLessThan(1_000_000);
    const sizes = unpacked().map((file) => statSync(join(laju, file)).size);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(3_000_000);
  });

  test("contains compiled code, types and the app template, and nothing else", () => {
    const kinds = [
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|laju\.js|\.env\.example)$/,
      // The examples that new --examples adds to an app.
      /^app\/[\w/-]+\.(ts|ejs)$/,
      /^commands\/(?!native\/|index)[\w/]+\.ts$/,
      /^commands\/(index|native\/\w+)\.js$/,
      /^framework\/(?!new\/)[\w/-]+\.(js|d\.ts|mts|cjs|mjs|stub|ejs|css|svg|bash|zsh|fish)$/,
      /^framework\/new\/(\w+\.js|earlier\/[\w.-]+\.json|template\/.*)$/,
      /^node_modules\/fastest-levenshtein\/(package\.json|LICENSE\.md|mod\.js)$/,
    ];
    expect(unpacked().filter((file) => !kinds.some((kind) => kind.test(file)))).toEqual([]);
    const code = unpacked().filter((file) => /\.[cm]?js$/.test(file));
    const empty = code.filter((file) => readFileSync(join(laju, file), "utf8").trim() === "export {};");
    expect(empty).toEqual([]);
    expect(
      unpacked().filter((file) => /(^|\/)(test|docs|scripts\/(bench|proofs|demo))\//.test(file)),
    ).toEqual(["framework/new/template/test/commands/SayHello.test.ts"]);
  });
});

describe("new, on a machine with something missing", () => {
  test("names the missing program and leaves nothing behind", () => {
    const PATH = pathWith("node", "sh");
    const made = run(folder, ["node", join(laju, "laju.js"), "new", "without-npm"], { PATH });
    expect(made).toEqual({
      status: 1,
      stdout: "",
      stderr: "✗ npm is not installed, or not on the PATH\n  Install npm, or add its folder to the PATH.\n",
    });
    expect(existsSync(join(folder, "without-npm"))).toBe(false);
  });

  test("creates an app without git", () => {
    const PATH = pathWith("node", "npm", "sh");
    const made = run(folder, ["node", join(laju, "laju.js"), "new", "without-git", "--no-install"], { PATH });
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toContain("  There is no git repository, because git is not installed.");
    expect(existsSync(join(folder, "without-git/.git"))).toBe(false);
  });

  test("says that the app was created, and what to type next, if the installation fails", () => {
    const PATH = pathWith("node", "npm", "sh");
    const made = run(folder, ["node", join(laju, "laju.js"), "new", "without-pnpm"], {
      PATH,
      npm_config_user_agent: "pnpm/11.0.0",
    });
    const app = join(folder, "without-pnpm");
    expect(made).toMatchObject({
      status: 1,
      stderr: `✗ pnpm install failed in ${app}: pnpm is not installed, or not on the PATH
  The app was created. Fix the problem, then: cd ${app} && pnpm install\n`,
    });
    expect(existsSync(join(app, "package.json"))).toBe(true);
  });

  test("without a verb says how to create an app", () => {
    const { status, stdout } = run(folder, ["node", join(laju, "laju.js")]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\n\n {2}npx \.\/laju-[\d.]+\.tgz new <folder> {3}Create an app\n/);
  });

  test("in help, outside an app, says what can be typed there", () => {
    const shown = run(folder, ["node", join(laju, "laju.js"), "new", "--help"]);
    expect(shown.stdout).toMatch(/^Usage {2}npx \.\/laju-[\d.]+\.tgz new <folder> \[options\]$/m);
    expect(shown.stdout).toMatch(/^ {2}npx \.\/laju-[\d.]+\.tgz new \.\.\/shop +An app on SQLite$/m);
    expect(shown.stdout).not.toContain("node laju");
    const refused = run(folder, ["node", join(laju, "laju.js"), "list"]);
    expect(refused.stderr).toMatch(/or create an app: npx \.\/laju-[\d.]+\.tgz new <folder>\n$/);
    const unnamed = run(folder, ["node", join(laju, "laju.js"), "new"]);
    expect(unnamed).toMatchObject({ status: 2, stderr: expect.not.stringContaining("node laju") });
  });

  test("says that the user has to make the first commit if git has no identity", () => {
    const made = run(folder, ["node", join(laju, "laju.js"), "new", "nameless", "--no-install"], {
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "",
      GIT_COMMITTER_NAME: "",
    });
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toMatch(/^ {2}Make the first commit yourself, because git failed: .+$/m);
  });

  test("does not create a repository inside another", () => {
    succeeds(folder, "git init --quiet repository");
    expect(makeNew(join(folder, "repository"), "inner", "--no-install")).toMatchObject({ status: 0 });
    expect(existsSync(join(folder, "repository/inner/.git"))).toBe(false);
  });

  test("with --dry-run only says what it would do", () => {
    const { stdout } = makeNew(folder, "dry", "--dry-run");
    expect(stdout).toContain("  + commands/SayHello.ts\n");
    expect(stdout).toMatch(/^ {2}25 files\. Then: git init.*; npm install\. Nothing written\.$/m);
    expect(existsSync(join(folder, "dry"))).toBe(false);
  });

  test.skipIf(canBecomeOthers.skip)(
    `works for ordinary users, in folders they can write to${canBecomeOthers.label}`,
    () => {
      chmodSync(folder, 0o755);
      mkdirSync(join(folder, "theirs"));
      giveTo("nobody", join(folder, "theirs"));
      const words = [process.execPath, join(laju, "laju.js"), "new"];
      expect(runAs("nobody", [...words, join(folder, "mine"), "--no-install"])).toEqual({
        status: 1,
        stdout: "",
        stderr: `✗ cannot write to ${folder}: permission denied\n  Choose a folder to which this user can write.\n`,
      });
      expect(runAs("nobody", [...words, join(folder, "theirs/shop"), "--no-install"])).toMatchObject({
        status: 0,
        stderr: "",
      });
    },
  );
});

test.skipIf(canBecomeOthers.skip)(`new leaves nothing behind on a full disk${canBecomeOthers.label}`, () => {
  const disk = join(folder, "full disk");
  mkdirSync(disk);
  const script = 'mount -t tmpfs -o size=200k none "$1"; node "$2" new "$1/shop" --no-install; ls -A "$1"';
  const words = ["unshare", "--mount", "sh", "-c", script, "sh", disk, join(laju, "laju.js")];
  expect(run(folder, words)).toMatchObject({
    stdout: "",
    stderr: `✗ cannot create ${disk}/shop: no space left on device\n`,
  });
});

test("a package.json that is not valid JSON is named", () => {
  write(join(folder, "broken/package.json"), "<<<<<<< HEAD\n");
  const { status, stderr } = run(join(folder, "broken"), ["node", join(laju, "laju.js"), "list"]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^✗ \/.*\/broken\/package\.json is not valid JSON: .*\n {2}Correct it, .*\n$/);
});

const plainTests = `
import assert from "node:assert/strict";
import { test } from "node:test";
import { testCommand } from "laju/testing";
import DB from "../app/services/DB";
import Mailer from "../app/services/Mailer";

for (const round of [1, 2]) {
  test(\`test \${round} has its own database, and its mails are captured\`, async () => {
    assert.equal(await DB.schema.hasTable("notes"), false);
    await DB.schema.createTable("notes", (table) => { table.increments(); });
    const run = await testCommand(async () => {
      await Mailer.send({ to: "ada@example.com", subject: "Hi", text: "Hello" });
      return "Sent";
    }, { now: "2026-03-10T08:00:00Z" });
    assert.equal(run.message, "Sent");
    assert.equal(run.mails[0]?.to, "ada@example.com");
  });
}
`;

const scriptTest = `
import { testCommand } from "laju/testing";
import { expect, test } from "vitest";

test("a script's own time limit ends it", async () => {
  expect(await testCommand("Waits")).toMatchObject({
    exitStatus: 124,
    isTimedOut: true,
    error: { message: "Waits timed out after 1 s" },
    stderr: expect.stringContaining("Waits timed out after 1 s"),
  });
});
`;

/** Replaces the code of the test that make:test generated for the worker command. */
const workerTest = `
import { testCommand } from "laju/testing";
import { expect, test, vi } from "vitest";
import GreetCustomer, { greeted } from "../app/jobs/GreetCustomer";
import worker from "../commands/Worker";

vi.mock("../app/greeting", () => ({ greeting: "mocked" }));

for (const round of [1, 2]) {
  test(\`a worker runs the jobs that the test imports, with its mocks (\${round})\`, async () => {
    greeted.length = 0;
    await GreetCustomer.push({ id: round });
    expect(await testCommand(worker, { options: { once: true } })).toMatchObject({ exitStatus: 0, error: undefined });
    expect(greeted).toEqual([\`\${round} mocked\`]);
  });
}
`;

const greetJob = `
import { greeting } from "../greeting";
import { type JobContext, job } from "../queue/job";

export const greeted: string[] = [];
export default job("GreetCustomer", {
  async run({ data }: JobContext<{ id: number }>) {
    greeted.push(\`\${data.id} \${greeting}\`);
  },
});
`;

const waits = `
import "../app/services/Logger";
export const meta = { timeout: "1s" };
setInterval(() => {}, 1000);
`;

describe("an app created by new, with node_modules as laid out by pnpm", () => {
  let app: string;
  beforeAll(() => {
    app = join(folder, `it's "my" shop`);
    const made = makeNew(folder, app, "--no-install");
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toContain("✓ Made it-s-my-shop in ");
    linkModules(app, laju);
    write(join(app, "commands/Waits.ts"), waits);
    write(join(app, "test/Waits.test.ts"), scriptTest);
    write(join(app, "checks/plain.test.ts"), plainTests);
    write(join(app, "app/greeting.ts"), 'export const greeting: string = "real";\n');
    succeeds(app, "node laju make:job GreetCustomer");
    write(join(app, "app/jobs/GreetCustomer.ts"), greetJob);
    succeeds(app, "node laju make:test Worker");
    write(join(app, "test/Worker.test.ts"), workerTest);
  });

  test("passes its tests and type check, and has no example tables", () => {
    succeeds(app, "npx tsc --noEmit");
    expect(succeeds(app, "npm test --silent")).toMatch(/Tests +6 passed/);
    expect(succeeds(app, "npx tsx --test checks/plain.test.ts")).toMatch(/^# pass 2$/m);
    expect(succeeds(app, "node laju migrate:status")).not.toMatch(/users|posts|partner/);
  });

  test("names its package.json if that no longer marks it as an app", () => {
    const text = readFileSync(join(app, "package.json"), "utf8");
    writeFileSync(join(app, "package.json"), text.replace('"laju": {', '"other": {'));
    const message = `✗ ${app}/package.json has no "laju" field\n  That field marks the app's folder. `;
    for (const words of [
      ["laju.js", "list"],
      ["node_modules/.bin/tsx", "commands/SayHello.ts"],
    ]) {
      const { status, stdout, stderr } = run(app, ["node", ...words]);
      expect({ status, stdout, stderr }).toMatchObject({ status: 1, stdout: "" });
      expect(stderr.startsWith(message)).toBe(true);
    }
    writeFileSync(join(app, "package.json"), text);
  });

  test.each([
    [".", "laju.js", "node laju"],
    ["app", "../laju.js", "node ../laju"],
    ["app", "../node_modules/laju/laju.js", "npx laju"],
  ])("help in %s, started as %s, says %s", (at, file, program) => {
    expect(succeeds(join(app, at), `node ${file} list --help`)).toContain(`\nUsage  ${program} list [`);
    expect(succeeds(join(app, at), `node ${file}`)).toContain(`\nUsage  ${program} <verb> [options]\n`);
  });

  test("builds, creates commands and runs them", () => {
    expect(succeeds(app, "npm run build --silent")).toMatch(/^✓ Built 3 commands in [\d.]+ s\n$/);
    expect(readFileSync(join(app, "build/laju.js"), "utf8")).not.toBe("");
    // The compiled verbs need packages that only laju's own package can resolve: the parser, esbuild, nodemailer.
    expect(succeeds(app, 'node laju make:command SendReminders --schedule "* * * * *"')).toContain(
      "✓ Created test/commands/SendReminders.test.ts",
    );
    succeeds(app, "npx tsx commands/SendReminders.ts");
    expect(succeeds(app, "node laju build")).toContain("✓ Built 4 commands");
    expect(succeeds(app, "cd build && node commands/SendReminders.js")).toContain("Nothing to do yet");
    expect(succeeds(app, "node laju status")).toMatch(/✓ SendReminders .* Nothing to do yet/);
    expect(succeeds(app, "node laju crontab")).toContain("commands/SendReminders.js >> ");
    expect(existsSync(join(app, "data/runs.sqlite3"))).toBe(true);
  });
});

test("an app in a workspace is its own root, even if its packages are in the workspace's folder", () => {
  const workspace = join(folder, "workspace");
  write(join(workspace, "package.json"), JSON.stringify({ private: true, workspaces: ["packages/*"] }));
  const shop = join(workspace, "packages/shop");
  expect(makeNew(workspace, "packages/shop", "--no-install")).toMatchObject({ status: 0, stderr: "" });
  linkModules(workspace, laju);
  succeeds(workspace, "node packages/shop/laju.js migrate");
  expect(succeeds(shop, "npx tsx commands/SayHello.ts --name Ada")).toContain("Hello, Ada!");
  expect(succeeds(join(shop, "app"), "../../../node_modules/laju/laju.js list")).toContain("SayHello");
  expect(existsSync(join(shop, "data/dev.sqlite3"))).toBe(true);
  expect(existsSync(join(workspace, "data"))).toBe(false);
});
