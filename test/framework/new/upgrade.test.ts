import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { applyUpgrade } from "../../../framework/new/applyUpgrade";
import { baseFile } from "../../../framework/new/bases";
import { planApp } from "../../../framework/new/makeApp";
import { planUpgrade } from "../../../framework/new/planUpgrade";
import { packageElsewhere, takeIntoVendor } from "../../../framework/new/vendorTarball";

const project = join(import.meta.dirname, "..", "..", "..");
const { version } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));

let folder: string;
let app: string;
let next: string;

/**
 * An app created by this laju, and a later laju whose template differs: another README and tsconfig, one more file, and
 * one file fewer.
 */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "laju-upgrade-"));
  app = join(folder, "shop");
  next = join(folder, "laju");
  const options = { database: "sqlite", examples: false, git: false, install: false } as const;
  for (const [path, text] of planApp(project, app, options).files) write(join(app, path), text);
  git("init", "--quiet");
  commit();

  const parts = ["package.json", ".env.example", "app", "framework/new/template", "framework/new/earlier"];
  for (const part of parts) cpSync(join(project, part), join(next, part), { recursive: true });
  edit(join(next, "package.json"), `"version": "${version}"`, '"version": "99.0.0"');
  edit(join(next, "package.json"), '"vitest": "^4', '"vitest": "^99');
  edit(template("README.md"), "| tests: `npm test` |", "| the tests that `npm test` runs |");
  edit(template("tsconfig.json"), '"strict": true,', '"strict": true,\n    "noImplicitOverride": true,');
  write(template("NOTES.md"), "Read this.\n");
  rmSync(template("crontab.example"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test("the package contains the current template", () => {
  const { path, text } = baseFile(project);
  expect(path).toBe(`framework/new/earlier/${version}.json`);
  // If this fails, run `npm run pack`, which writes the file, and commit it.
  expect(readFileSync(join(project, path), "utf8")).toBe(text);
});

describe("an upgrade", () => {
  test("has nothing to do if the app was created by this version", () => {
    expect(planUpgrade(app, project)).toMatchObject({ from: version, to: version, changes: [] });
  });

  test("replaces files that the user did not change", () => {
    expect(kinds()).toEqual({
      "package.json": "merge",
      "README.md": "replace",
      "tsconfig.json": "replace",
      "NOTES.md": "add",
      "crontab.example": "delete",
    });
    upgrade();
    expect(read("tsconfig.json")).toContain("noImplicitOverride");
    expect(read("README.md")).toContain("# shop\n");
    expect(existsSync(join(app, "crontab.example"))).toBe(false);
    expect(JSON.parse(read("package.json"))).toMatchObject({
      laju: { template: "99.0.0" },
      devDependencies: { vitest: expect.stringMatching(/^\^99/) },
      dependencies: { laju: `file:vendor/laju-${version}.tgz` },
    });
  });

  test("changes nothing the second time", () => {
    upgrade();
    expect(planUpgrade(app, next).changes).toEqual([]);
    commit();
    expect(planUpgrade(app, next).changes).toEqual([]);
  });

  test("merges files that both changed, and marks conflicts", () => {
    edit(join(app, "tsconfig.json"), '"target": "ES2023"', '"target": "ES2024"');
    edit(join(app, "README.md"), "| tests: `npm test` |", "| our tests |");
    commit();
    expect(kinds()).toMatchObject({ "tsconfig.json": "merge", "README.md": "conflict" });
    upgrade();
    expect(read("tsconfig.json")).toMatch(/ES2024[\s\S]*noImplicitOverride/);
    expect(read("README.md")).toContain(
      "<<<<<<< yours\n| `test/` | our tests |\n=======\n| `test/` | the tests that `npm test` runs |\n>>>>>>> laju 99.0.0\n",
    );
  });

  test("does not finish, or start again, while conflicts remain", () => {
    edit(join(app, "README.md"), "| tests: `npm test` |", "| our tests |");
    commit();
    upgrade();
    const conflicts = "README.md: the last upgrade's conflicts are not resolved yet";
    expect(() => planUpgrade(app, next)).toThrow(conflicts);
    commit();
    expect(() => planUpgrade(app, next)).toThrow(conflicts);
    write(join(app, "README.md"), "Ours.\n");
    expect(planUpgrade(app, next).changes).toEqual([]);
  });

  test("says so if git is missing", () => {
    const plan = planUpgrade(app, next);
    edit(join(app, "README.md"), "| tests: `npm test` |", "| our tests |");
    vi.stubEnv("PATH", "/nowhere");
    const missing = "git is not installed, or not on the PATH";
    expect(() => applyUpgrade(app, plan)).toThrow(missing);
    expect(() => planUpgrade(app, next)).toThrow(missing);
  });

  test("records the version last, so an interrupted upgrade is repeated", () => {
    const plan = planUpgrade(app, next);
    applyUpgrade(app, { ...plan, changes: plan.changes.slice(0, -1) });
    commit();
    expect(kinds()).toEqual({ "package.json": "merge" });
  });

  test("leaves files that the user deleted, added or chose, and says so", () => {
    rmSync(join(app, "tsconfig.json"));
    edit(join(app, "crontab.example"), "daily", "weekly");
    edit(join(app, "package.json"), '"vitest": "^4', '"vitest": "~4');
    edit(join(app, "package.json"), '"scripts": {', '"scripts": {\n    "lint": "biome check",');
    commit();
    const { changes, notes } = planUpgrade(app, next);
    expect(changes.map(({ path }) => path).sort()).toEqual(["NOTES.md", "README.md", "package.json"]);
    expect(notes).toEqual([
      expect.stringMatching(
        /^package\.json: devDependencies\.vitest stays "~4.*"; the template now has "\^99.*"$/,
      ),
      "crontab.example is no longer part of the template of laju 99.0.0. You have changed it, so it is kept",
      "tsconfig.json has changed in the template of laju 99.0.0. You have deleted it, so it is not restored",
    ]);
    upgrade();
    expect(JSON.parse(read("package.json")).scripts).toMatchObject({
      lint: "biome check",
      test: "vitest run",
    });
  });

  test("merges the user's own file if the template now has it too", () => {
    write(join(app, "NOTES.md"), "Ours.\n");
    commit();
    expect(kinds()).toMatchObject({ "NOTES.md": "conflict" });
  });

  test("changes nothing while git has uncommitted changes besides the installation", () => {
    write(join(app, "commands/Mine.ts"), "");
    expect(upgrade).toThrow("git has uncommitted changes: commands/Mine.ts");
    rmSync(join(app, "commands/Mine.ts"));
    write(join(app, "package-lock.json"), "{}");
    write(join(app, "laju-99.0.0.tgz"), "");
    upgrade();
  });

  test("needs a git repository, so it can be undone", () => {
    rmSync(join(app, ".git"), { recursive: true });
    expect(upgrade).toThrow(`${app} is not in a git repository`);
    expect(read("tsconfig.json")).not.toContain("noImplicitOverride");
  });

  test("works in a folder of a larger repository", () => {
    rmSync(join(app, ".git"), { recursive: true });
    git("init", "--quiet", folder);
    commit();
    write(join(folder, "elsewhere.txt"), "");
    upgrade();
    expect(read("NOTES.md")).toBe("Read this.\n");
  });

  test.each([
    [
      { template: "98.0.0" },
      /^the app's files were written by laju 98\.0\.0, whose template laju 99\.0\.0 doesn't have$/,
    ],
    [{ template: "../../x" }, /"template" is "\.\.\/\.\.\/x"$/],
    [{ template: 7 }, /laju wrote the app's files: "template" is 7$/],
    [{ template: "<<<<<<<" }, /"template" is "<<<<<<<"$/],
    [null, /^package\.json doesn't say/],
    [{}, /^package\.json doesn't say which version of laju wrote the app's files/],
  ])("refuses an app whose package.json has %j", (laju, message) => {
    const description = { ...JSON.parse(read("package.json")), laju };
    write(join(app, "package.json"), JSON.stringify(description));
    expect(() => planUpgrade(app, next)).toThrow(message);
  });
});

describe("the package that npm installed", () => {
  test("is moved into vendor/, replacing the previous one", () => {
    write(join(folder, "laju-99.0.0.tgz"), "new");
    write(join(app, `vendor/laju-${version}.tgz`), "old");
    const spec = "file:../laju-99.0.0.tgz";
    edit(join(app, "package.json"), `file:vendor/laju-${version}.tgz`, spec);
    write(
      join(app, "package-lock.json"),
      JSON.stringify({ packages: { "node_modules/laju": { resolved: spec } } }),
    );
    expect(takeIntoVendor(app)).toBe("vendor/laju-99.0.0.tgz");
    expect(read("vendor/laju-99.0.0.tgz")).toBe("new");
    expect(existsSync(join(app, `vendor/laju-${version}.tgz`))).toBe(false);
    expect(JSON.parse(read("package.json")).dependencies.laju).toBe("file:vendor/laju-99.0.0.tgz");
    expect(read("package-lock.json")).toContain('"resolved":"file:vendor/laju-99.0.0.tgz"');
    expect(takeIntoVendor(app)).toBeUndefined();
    expect(existsSync(join(folder, "laju-99.0.0.tgz"))).toBe(true);
  });

  test("leaves no other copy in the app", () => {
    write(join(app, "laju-99.0.0.tgz"), "new");
    edit(join(app, "package.json"), `file:vendor/laju-${version}.tgz`, "file:laju-99.0.0.tgz");
    expect(packageElsewhere(app)).toBe("laju-99.0.0.tgz");
    expect(takeIntoVendor(app)).toBe("vendor/laju-99.0.0.tgz");
    expect(existsSync(join(app, "laju-99.0.0.tgz"))).toBe(false);
    expect(packageElsewhere(app)).toBeUndefined();
  });

  test.each(["^99.0.0", "file:../laju", "workspace:*"])("is left alone as %s", (spec) => {
    edit(join(app, "package.json"), `file:vendor/laju-${version}.tgz`, spec);
    expect(takeIntoVendor(app)).toBeUndefined();
  });
});

const upgrade = () => applyUpgrade(app, planUpgrade(app, next));

function kinds(): Record<string, string> {
  return Object.fromEntries(planUpgrade(app, next).changes.map(({ path, kind }) => [path, kind]));
}

function template(path: string): string {
  return join(next, "framework/new/template", path);
}

function read(path: string): string {
  return readFileSync(join(app, path), "utf8");
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, "utf8");
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(file, text.replace(from, to));
}

function commit(): void {
  git("add", "--all");
  git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--message", "x");
}

function git(...words: string[]): void {
  execFileSync("git", words, { cwd: app });
}
