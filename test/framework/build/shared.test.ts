import {
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";

const command = (word: string) => `import { command } from "../app/console/command";
export default command({ schedule: "0 8 * * *", run() { console.log("${word}"); } });\n`;
const logging = (overlap: string) => `import { command } from "../app/console/command";
export default command({ overlap: "${overlap}", run({ log }) { log.info("done", { count: 1 }); } });\n`;

/** The functions of a script that V8 compiled, according to V8's log of function events. */
function compiledIn(log: string, script: string): string[] {
  const events = log.split("\n").map((line) => line.split(","));
  const ids = events
    .filter(([kind, , name]) => kind === "script-details" && name?.endsWith(script))
    .map(([, id]) => id);
  expect(ids).not.toEqual([]);
  return events
    .filter(([kind, event, id]) => kind === "function" && event === "interpreter" && ids.includes(id))
    .map((event) => event.at(-1) as string);
}

describe("build/shared", () => {
  let app: TestApp;
  const folder = (...path: string[]) => join(app.root, "build/shared", ...path);
  const text = (file: string) => readFileSync(folder(file), "utf8");
  const halves = () => readdirSync(folder()).filter((file) => file.endsWith(".js"));
  /** The bundles that are loaded at each start. */
  const bundles = () => halves().filter((file) => text(file).includes("const lajuColdFile ="));
  const run = (name: string) => app.run([`commands/${name}.js`], { cwd: join(app.root, "build") });
  /** Changes code that all commands share, so that the next build writes another shared bundle. */
  const change = (text: string) =>
    app.write(
      "framework/config/errors.ts",
      `${readFileSync(join(app.root, "framework/config/errors.ts"), "utf8")}\n${text}\n`,
    );

  beforeAll(async () => {
    app = makeApp({
      "commands/One.ts": command("one"),
      "commands/Two.ts": command("two"),
      "commands/Locked.ts": logging("skip"),
      "commands/Unlocked.ts": logging("allow"),
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterAll(() => app.remove());

  test("is one bundle in two halves with code caches, and commands contain little besides their own code", () => {
    expect(
      readdirSync(folder())
        .map((file) => file.replace(/^[\w-]{22}(-v.*(?=\.))?/, ""))
        .sort(),
    ).toEqual([".cache", ".cache", ".js", ".js", ".js.map", ".js.map"]);
    expect(bundles()).toHaveLength(1);
    expect(app.read("build/commands/One.js").length).toBeLessThan(8_000);
  });

  test("doesn't create unused module objects, and wraps no module", () => {
    const [bundle = ""] = bundles();
    const code = text(bundle);
    expect(code).toContain("var errors_exports=()=>lajuGive({LajuError:()=>LajuError});");
    expect(code).not.toMatch(/__export\(|__esm/);
  });

  test.each(["Locked", "Unlocked"])(
    "its code cache contains every function that a start calls: %s",
    async (name) => {
      // Create a cache with these flags, because V8 rejects one that was created with others.
      const log = join(app.root, "v8.log");
      const flags = ["--log-function-events", "--no-logfile-per-isolate", `--logfile=${log}`];
      const copy = app.copy();
      const [bundle = ""] = bundles();
      const file = bundle.replace(".js", "");
      const cache = readdirSync(folder()).find((one) => one.startsWith(file) && one.endsWith(".cache")) ?? "";
      const train = join(copy.root, "framework/build/shared/train.js");
      const words = [
        join(copy.root, "build"),
        file,
        "succeeds",
        file,
        join(copy.root, "build/shared", cache),
      ];
      expect(await copy.run([...flags, train, ...words])).toMatchObject({ status: 0, stderr: "" });
      const cwd = join(copy.root, "build");
      expect(await copy.run([...flags, `commands/${name}.js`], { cwd })).toMatchObject({ status: 0 });
      expect(compiledIn(readFileSync(log, "utf8"), `build/shared/${bundle}`)).toEqual([]);
      copy.remove();
    },
  );

  test("a truncated cache, or one from another V8, only makes a start slower", async () => {
    const [bundle = ""] = bundles();
    const isItsCache = (file: string) => file.startsWith(bundle.slice(0, 22)) && file.endsWith(".cache");
    const cache = folder(readdirSync(folder()).find(isItsCache) as string);
    const whole = readFileSync(cache);
    truncateSync(cache, whole.length / 2);
    expect(await run("One")).toMatchObject({ status: 0, stdout: "one\n", stderr: "" });
    const foreign = Buffer.from(whole);
    foreign.writeUInt32LE(foreign.readUInt32LE(4) ^ 1, 4);
    writeFileSync(cache, foreign);
    expect(await run("One")).toMatchObject({ status: 0, stdout: "one\n", stderr: "" });
    writeFileSync(cache, whole);
  });

  test("a command whose new source is invalid keeps the bundle it was built with", async () => {
    app.write("commands/Two.ts", "export default command({ nothing");
    for (const round of [1, 2]) {
      change(`export const round${round} = ${round};`);
      await app.laju("build");
    }
    expect(await run("Two")).toMatchObject({ status: 0, stdout: "two\n" });
    expect(await run("One")).toMatchObject({ status: 0, stdout: "one\n" });
    app.write("commands/Two.ts", command("two"));
  });

  test("unused bundles are deleted, those of the last build only after the next", async () => {
    change("export const round3 = 3;");
    expect((await app.laju("build")).stderr).toBe("");
    // Keep a recent bundle, because another build, running at the same time, may be about to use it.
    expect(bundles().length).toBeGreaterThan(2);
    for (const file of readdirSync(folder())) utimesSync(folder(file), 1_000, 1_000);
    change("export const round4 = 4;");
    await app.laju("build");
    expect(bundles()).toHaveLength(2);
    await app.laju("build");
    expect(bundles()).toHaveLength(1);
    // The cold halves of the remaining bundles are still there.
    expect(halves()).toHaveLength(2);
  });

  test("an error in one of its modules is reported, and everything keeps the bundle it was built with", async () => {
    const good = readFileSync(join(app.root, "framework/config/errors.ts"), "utf8");
    app.write("framework/config/errors.ts", `${good}\nexport const broken = ;\n`);
    const built = await app.laju("build");
    expect(built.status).toBe(1);
    expect(built.stderr).toContain("framework/config/errors.ts:");
    expect(await run("One")).toMatchObject({ status: 0, stdout: "one\n" });
    app.write("framework/config/errors.ts", good);
    expect((await app.laju("build")).stderr).toBe("");
  });

  test("is the same if built through a link", async () => {
    const before = app.read("build/commands/One.js");
    const link = join(app.root, "..", "current");
    symlinkSync(app.root, link);
    const env = { LAJU_ROOT: link };
    expect((await app.run(["laju", "build"], { env })).stderr).toBe("");
    expect(app.read("build/commands/One.js")).toBe(before);
  });

  test("if it is missing, a command says what to do", async () => {
    for (const file of bundles()) rmSync(folder(file));
    const { status, stderr } = await run("One");
    expect(status).toBe(1);
    expect(stderr).toContain(".js is missing: run npm run build");
  });
});
