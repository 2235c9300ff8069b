import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { comparable, documentedLines } from "../support/apps/documentedLines";
import { type CronSandbox, needsCron, startCron, waitFor } from "../support/crontab/cron";
import { laterMigration, laterVersion, makeLaterPackage } from "../support/package/laterPackage";
import { copyDriver, makeSandbox, type Sandbox } from "../support/package/packaged";

const project = join(import.meta.dirname, "..", "..");
const document = join(project, "docs", "getting-started.md");
const twoMinutes = 125_000;

describe.skipIf(needsCron.skip)(`docs/getting-started.md${needsCron.label}`, () => {
  let cron: CronSandbox;
  let place: Sandbox;
  beforeAll(async () => {
    cron = await startCron({ daemon: true });
    place = await makeSandbox({ path: [cron.bin], enter: cron.enter });
    // Hide this repository, even from cron, so that only the package can be used.
    expect(cron.shell(`mount -t tmpfs none ${project}`).status).toBe(0);
  }, 300_000);
  afterAll(async () => {
    await cron?.stop();
    await place?.stop();
  });

  test("shows the actual output of each line, on a machine that has only the package", async () => {
    const lines = documentedLines(document);
    expect(lines.length).toBe(10);
    const said: string[] = [];
    let folder = place.folder;
    for (const { line } of lines) {
      if (line.startsWith("cd ")) {
        folder = join(folder, line.slice(3));
        said.push("");
        continue;
      }
      if (line === "node laju status") await firstRun(folder);
      const { status, stdout, stderr } = await place.type(line, folder);
      expect(`${line} ended with ${status}: ${status === 0 ? "" : stderr}`).toBe(`${line} ended with 0: `);
      if (line.includes(" new ")) copyDriver(join(folder, "shop"));
      said.push(asAda(stdout));
    }
    if (process.env.LAJU_WRITE_DOCS === "1") rewrite(said);
    const documented = lines.map(({ line, output }) => [line, ...comparable(output)]);
    expect(lines.map(({ line }, at) => [line, ...comparable(said[at] ?? "")])).toEqual(documented);
  }, 420_000);

  test.each(["npm ci", "npm ci --omit=dev"])(
    "%s works with the lock file that new committed",
    async (line) => {
      const checkout = join(place.folder, "checkout");
      const done = await place.type(
        `rm -rf checkout && git clone --quiet shop checkout && cd checkout && ${line}`,
      );
      expect(done).toMatchObject({ status: 0 });
      copyDriver(checkout);
      expect(existsSync(join(checkout, "node_modules/vitest"))).toBe(line === "npm ci");
      const { stdout } = await place.type("node laju migrate && git status --short", checkout);
      expect(stdout).toMatch(/Ran \d+ migrations\.\n$/);
    },
  );

  describe("then the app is updated to a later version of laju, as in docs/how-to/update-laju.md", () => {
    let shop: string;
    const succeeds = async (line: string, folder = shop) => {
      const { status, stdout, stderr } = await place.type(line, folder);
      expect({ line, status, ...(status !== 0 && { stdout, stderr }) }).toEqual({ line, status: 0 });
      return stdout;
    };
    const fails = async (line: string) => {
      const { status, stdout, stderr } = await place.type(line, shop);
      expect({ line, status, stdout }).toMatchObject({ line, status: 1 });
      return stdout + stderr;
    };
    const read = (file: string) => readFileSync(join(shop, file), "utf8");
    const commit = () => succeeds("git add --all && git commit --quiet --message x");

    beforeAll(async () => {
      shop = join(place.folder, "shop");
      makeLaterPackage(join(place.folder, place.tarball));
      edit(join(shop, "README.md"), "| tests: `npm test` |", "| our tests |");
      edit(join(shop, "tsconfig.json"), '"target": "ES2023"', '"target": "ES2024"');
      writeFileSync(join(shop, "scripts/queue.ts"), queueTwo);
      await succeeds("node laju make:job SendInvoice && node laju migrate && npx tsx scripts/queue.ts");
      await commit();
    });

    test("with conflict markers where both sides changed, and only from a clean git tree", async () => {
      await succeeds(`npm install ../laju-${laterVersion}.tgz`);
      appendFileSync(join(shop, "commands/SayHello.ts"), "\n");
      expect(await fails("node laju upgrade")).toContain("uncommitted changes: commands/SayHello.ts\n");
      await succeeds("git checkout --quiet commands");

      expect(await fails("node laju upgrade --check")).toContain("  5 files to change. Nothing written.\n");
      expect(await fails("node laju upgrade")).toBe(upgraded);
      expect(read("README.md")).toContain(
        `<<<<<<< yours\n| \`test/\` | our tests |\n=======\n| \`test/\` | the tests that \`npm test\` runs |\n>>>>>>> laju ${laterVersion}\n`,
      );
      expect(read("tsconfig.json")).toMatch(/ES2024[\s\S]*noImplicitOverride/);
      expect(read("crontab.example")).toMatch(/^# Later\.$/m);
      expect(read("NOTES.md")).toBe("Notes on shop.\n");
      expect(readdirSync(join(shop, "vendor"))).toEqual([`laju-${laterVersion}.tgz`]);
      expect(await fails("node laju upgrade")).toContain("README.md: the last upgrade's conflicts");

      writeFileSync(join(shop, "README.md"), read("README.md").replace(/<<<<<<< [\s\S]*>>>>>>> .*\n/, ""));
      await commit();
      const done = `✓ The app's files are up to date with laju ${laterVersion}\n`;
      expect(await succeeds("node laju upgrade --check && node laju upgrade && git status --short")).toBe(
        done + done,
      );
    });

    test("and keeps its history, jobs and crontab entries", async () => {
      const block = String(cron.crontab(["-l"]).stdout);
      const before = runKeys(await succeeds("node laju runs --json"));
      await succeeds("npm run build && npm run typecheck");
      expect(await succeeds("node laju migrate")).toBe(`✓ ${laterMigration}\nRan 1 migration.\n`);
      expect(await succeeds("node laju migrate")).toBe("Nothing to migrate.\n");

      expect(await fails("node laju crontab:check")).toContain("is older than the build");
      expect(await succeeds("node laju crontab:install --yes")).toContain("✓ Crontab updated: 1 changed.");
      const later = block.replace(/hash=\w+/, "hash=H").replace("/build && ", "/build && exec ");
      expect(String(cron.crontab(["-l"]).stdout).replace(/hash=\w+/, "hash=H")).toBe(later);
      expect(later.match(/^# BEGIN laju /gm)).toHaveLength(1);
      await succeeds("node laju crontab:check");

      expect(runKeys(await succeeds("node laju runs --json"))).toEqual(expect.arrayContaining(before));
      expect(before.length).toBeGreaterThan(0);
      expect(await succeeds("node laju status")).toMatch(
        /✓ SendReminders .*[\s\S]* queue: 2 ready, no worker/,
      );
      expect(await succeeds("node laju queue:list")).toMatch(
        /2 {2}SendInvoice {2}ready[\s\S]*1 {2}SendInvoice/,
      );
      expect(await succeeds("npx tsx commands/Worker.ts --once && node laju queue:list")).toMatch(
        /✓ 2 {2}SendInvoice {2}completed[\s\S]*✓ 1 {2}SendInvoice {2}completed/,
      );
    });

    test("and runs in production, from a build made there or elsewhere", async () => {
      const server = join(place.folder, "server");
      await succeeds("git clone --quiet shop server && cp -R shop/build server/", place.folder);
      await succeeds("npm ci --omit=dev", server);
      copyDriver(server);
      expect(existsSync(join(server, "node_modules/vitest"))).toBe(false);
      writeFileSync(join(server, ".env"), "NODE_ENV=production\n", { mode: 0o600 });
      await succeeds("node laju migrate && node laju crontab:install --yes", server);
      const lines =
        "cd build && node commands/SayHello.js --name Ada && node ../laju status && node ../laju doctor";
      const works = /Hello, Ada![\s\S]*✓ SayHello [\s\S]*Everything is in order/;
      expect(await succeeds(lines, server)).toMatch(works);
      await succeeds("rm -r build && npm run build", server);
      expect(await succeeds(lines, server)).toMatch(works);
      expect(await succeeds("git status --short", server)).toBe("");
    });
  });

  async function firstRun(app: string): Promise<void> {
    const log = join(app, "logs", "SendReminders.log");
    await waitFor(
      undefined,
      () => existsSync(log) && readFileSync(log, "utf8").includes("Nothing to do"),
      twoMinutes,
    );
  }

  /** Replaces paths in the output, so that it reads as if the user ada had typed the line at home. */
  function asAda(text: string): string {
    return (
      text
        .replaceAll(place.folder, "/home/ada")
        .replaceAll(process.execPath, "/usr/bin/node")
        .replaceAll("crontab of root", "crontab of ada")
        // biome-ignore lint/suspicious/noControlCharactersInRegex: vitest prints colors even without a terminal.
        .replaceAll(/\u001b\[[\d;]*m/g, "")
    );
  }
});

const queueTwo = `
import SendInvoice from "../app/jobs/SendInvoice";
import DB from "../app/services/DB";
for (const id of [7, 8]) await SendInvoice.push({ id });
await DB.destroy();
`;

const upgraded = `  laju's package is now vendor/laju-${laterVersion}.tgz. Commit it: git add vendor
  conflict   README.md
  replaced   crontab.example
  merged     tsconfig.json
  new        NOTES.md
  merged     package.json
✗ 1 file with conflicts: look for <<<<<<<
  Resolve them first: keep the right parts of both versions, delete the markers, then check git diff.
`;

function runKeys(json: string): string[] {
  return JSON.parse(json).map(({ key }: { key: string }) => key);
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, "utf8");
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(file, text.replace(from, to));
}

/** With `LAJU_WRITE_DOCS=1`, writes the actual output into the document. */
function rewrite(said: string[]): void {
  let at = 0;
  const text = readFileSync(document, "utf8").replaceAll(/^\$ (.*)\n[\s\S]*?^```$/gm, (_, line) => {
    const output = said[at++]?.trimEnd();
    return `$ ${line}\n${output ? `${output}\n` : ""}\`\`\``;
  });
  mkdirSync(join(document, ".."), { recursive: true });
  writeFileSync(document, text);
}
