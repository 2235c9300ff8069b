import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";

const good = (text: string, extra = "") => `
import { command } from "../app/console/command";
export default command({ description: "${text}", ${extra} run() { console.log("${text}"); } });
`;

describe("the build", () => {
  let app: TestApp;
  const output = (name: string) => app.run([`build/commands/${name}.js`]);
  beforeAll(async () => {
    app = makeApp({
      "commands/One.ts": good("one"),
      "commands/reports/Two.ts": good("two").replace("../app", "../../app"),
      "commands/_helper.ts": "throw new Error('loaded');",
      "commands/One.test.ts": "throw new Error('loaded');",
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterAll(() => app.remove());

  test("compiles commands, except files whose names begin with _ or end in .test.ts", async () => {
    expect((await output("One")).stdout).toBe("one\n");
    expect((await output("reports/Two")).stdout).toBe("two\n");
    const compiled = readdirSync(join(app.root, "build/commands"), { recursive: true }).sort();
    expect(compiled).toEqual(["One.js", "One.js.map", "reports", "reports/Two.js", "reports/Two.js.map"]);
  });

  test("reads metadata without running anything", async () => {
    app.write("commands/Effect.ts", 'console.log("EFFECT"); export const meta = { tags: ["x"] };');
    expect((await app.laju("build")).stdout).not.toContain("EFFECT");
    const listed = await app.laju("list", "--json");
    expect(JSON.parse(listed.stdout).map((row: { name: string }) => row.name)).toEqual([
      "Effect",
      "One",
      "reports/Two",
    ]);
    rmSync(join(app.root, "commands/Effect.ts"));
  });

  test("is deterministic, and doesn't rewrite unchanged files", async () => {
    const file = join(app.root, "build/commands/One.js");
    const before = { text: readFileSync(file, "utf8"), time: statSync(file).mtimeMs };
    await app.laju("build");
    expect({ text: readFileSync(file, "utf8"), time: statSync(file).mtimeMs }).toEqual(before);
  });

  test("an invalid file is reported with its position, keeps its last good output, and doesn't affect others", async () => {
    app.write("commands/One.ts", "const x = = 5;\n");
    app.write("commands/Three.ts", good("three"));
    const built = await app.laju("build");
    expect(built.status).toBe(1);
    expect(built.stderr).toMatch(/✗ commands\/One\.ts:1:11 {2}Unexpected token/);
    expect(built.stdout).toContain("One kept from an earlier build");
    expect((await output("Three")).stdout).toBe("three\n");
    expect((await output("One")).stdout).toBe("one\n");
    expect(
      JSON.parse(app.read("build/commands.json")).commands.map((one: { name: string }) => one.name),
    ).toContain("One");
    const listed = await app.laju("list");
    expect(listed.status).toBe(1);
    expect(listed.stdout).toContain("Three");
    expect(listed.stderr).toContain("commands/One.ts:1:11");
    app.write("commands/One.ts", good("one"));
  });

  test("an error in a module imported by one command affects only that command", async () => {
    app.write("app/broken.ts", "export const broken = ;\n");
    app.write("commands/UsesBroken.ts", `import "../app/broken";\n${good("broken")}`);
    const built = await app.laju("build");
    expect(built.status).toBe(1);
    expect(built.stderr).toContain("app/broken.ts:1:23");
    expect((await output("Three")).stdout).toBe("three\n");
    rmSync(join(app.root, "app/broken.ts"));
    rmSync(join(app.root, "commands/UsesBroken.ts"));
  });

  test("a command whose source was deleted is removed from the build", async () => {
    rmSync(join(app.root, "commands/Three.ts"));
    expect((await app.laju("build")).stdout).toContain("Three removed: its source was deleted");
    expect((await output("Three")).status).not.toBe(0);
    expect((await app.laju("run", "Three")).stderr).toContain('there is no command "Three"');
  });

  test("a command that is not built yet is not reported as unknown", async () => {
    app.write("commands/later/Fourth.ts", "export async function run() {}");
    const { status, stderr } = await app.laju("run", "later/fourth");
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        "✗ later/Fourth has not been built\n  Run npm run build. It reports why commands/later/Fourth.ts can't be built.\n",
    });
    rmSync(join(app.root, "commands/later"), { recursive: true });
  });

  test("top-level await, the app/ alias, JSON imports and import.meta work", async () => {
    app.write("commands/facts.json", '{ "answer": 42 }');
    app.write(
      "commands/Waits.ts",
      `import facts from "./facts.json";
       import { command } from "app/console/command";
       const late = await Promise.resolve("late");
       export default command({ run() { console.log(late, facts.answer, import.meta.dirname, import.meta.url); } });`,
    );
    app.write(
      "commands/reports/Where.ts",
      `import { command } from "app/console/command";
       export default command({ run() { console.log(import.meta.filename); } });`,
    );
    expect((await app.laju("build")).stderr).toBe("");
    const folder = join(app.root, "build/commands");
    expect((await output("Waits")).stdout).toBe(`late 42 ${folder} file://${folder}/Waits.js\n`);
    expect((await output("reports/Where")).stdout).toBe(`${folder}/reports/Where.js\n`);
    expect((await app.laju("runs", "Waits")).stdout).toContain("✓");
  });

  test.each<[string, string | undefined, string, string]>([
    ["without a laju field", "{}", 'ROOT/package.json has no "laju" field', 'Add "laju": {} to'],
    ["that is missing", undefined, "there is no package.json in ROOT", 'a "laju" field. Restore it'],
    ["with a conflict", "<<<<<<< ours", "ROOT/package.json is not valid JSON: ", "Correct it, or restore it"],
  ])("commands and verbs name a package.json %s", async (_, text, problem, hint) => {
    const before = app.read("package.json");
    if (text === undefined) rmSync(join(app.root, "package.json"));
    else app.write("package.json", text);
    for (const words of [["build/commands/One.js"], ["build/laju.js", "list"]]) {
      const { status, stdout, stderr } = await app.run(words);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toMatch(/^✗ .*\n {2}.*\n$/);
      expect(stderr).toContain(problem.replace("ROOT", app.root));
      expect(stderr).toContain(hint);
    }
    app.write("package.json", before);
  });

  test("the compiled CLI works without sources and development tools", async () => {
    const bare = makeApp({}, { name: "release" });
    for (const path of ["app", "commands", "framework"]) rmSync(join(bare.root, path), { recursive: true });
    await app.run([
      "-e",
      `fs.cpSync("build", ${JSON.stringify(join(bare.root, "build"))}, { recursive: true })`,
    ]);
    const listed = await bare.laju("list");
    expect(listed).toMatchObject({ status: 0, stderr: "" });
    expect(listed.stdout).toContain("reports/Two");
    expect((await bare.laju("run", "reports/Two")).stdout).toBe("two\n");
    bare.remove();
  });
});

describe("metadata", () => {
  const app = makeApp();
  afterAll(() => app.remove());

  test.each([
    ["schedule: process.env.X", "Bad.ts:2:36  schedule must be a plain value, found a property access"],
    ["schedule: make()", "Bad.ts:2:36  schedule must be a plain value, found a call"],
    ["shedule: '@daily'", 'Bad.ts:2:26  unknown field "shedule"\n  Did you mean schedule?'],
    ["schedule: '0 8 * *'", 'Bad.ts:2:36  schedule "0 8 * *" has 4 fields, expected 5'],
    ["timeout: '10'", 'Bad.ts:2:35  timeout: "10" is not a duration'],
    ["timezone: 'Nope/Zone'", "Bad.ts:2:36  timezone"],
    ["...shared", "Bad.ts:2:26  metadata must be a plain value, found a spread"],
    ["tags: 'mail'", "Bad.ts:2:32  tags must be a list of words"],
    [
      "options: { days: { type: 'number' } }",
      'Bad.ts:2:35  options "days" needs type: "string" or "boolean"',
    ],
    ["enabled: 'no'", 'Bad.ts:2:35  enabled must be true or false, found "no"'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the source of a command.
    ["description: `a ${1}`", "Bad.ts:2:39  description must be a plain value, found a template with values"],
  ])("%s is an error with its position", async (field, message) => {
    app.write(
      "commands/Bad.ts",
      `import { command } from "../app/console/command";\nexport default command({ ${field}, run() {} });\n`,
    );
    const listed = await app.laju("list");
    expect(listed.stderr).toContain(`✗ commands/${message}`);
    expect(listed.status).toBe(1);
  });

  test.each([
    ["export default command({ schedule: `@daily`, run() {} })"],
    ["const one = command({ schedule: '@daily' as const, run() {} }); export default one"],
    ["const one = command({ schedule: ('@daily' satisfies string), run() {} }); export { one as default }"],
    ["const definition = { schedule: '@daily', run() {} } as const; export default command(definition)"],
    ["export const meta = { schedule: '@daily' } as const; work()"],
  ])("%s is read", async (text) => {
    app.write("commands/Bad.ts", `import { command } from "../app/console/command";\n${text};\n`);
    const listed = await app.laju("list", "--json");
    expect(listed.stderr).toBe(
      "The build is older than its sources: commands/Bad.ts is new. Run npm run build.\n",
    );
    expect(JSON.parse(listed.stdout)[0]).toMatchObject({ name: "Bad", schedules: ["@daily"] });
  });
});

describe("build --watch", () => {
  test("rebuilds a changed command and builds a new one", async () => {
    const app = makeApp({ "commands/One.ts": good("one"), "commands/Two.ts": good("two") });
    const child = spawn(process.execPath, ["laju", "build", "--watch"], { cwd: app.root });
    let printed = "";
    child.stdout.on("data", (data) => {
      printed += data;
    });
    const says = async (text: string) => {
      await expect.poll(() => printed, { timeout: 20_000 }).toContain(text);
      printed = "";
    };
    await says("Built 2 commands in");
    app.write("commands/One.ts", good("changed"));
    await says("Built One in 0.");
    expect((await app.run(["build/commands/One.js"])).stdout).toBe("changed\n");
    app.write("commands/Three.ts", good("three"));
    await says("Built ");
    expect((await app.run(["build/commands/Three.js"])).stdout).toBe("three\n");
    const listed = JSON.parse(app.read("build/commands.json")).commands.map(
      (one: { name: string }) => one.name,
    );
    expect(listed).toEqual(["One", "Three", "Two"]);
    child.kill();
    await once(child, "close");
    app.remove();
  });
});
