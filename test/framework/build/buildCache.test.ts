import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";

const command = (text: string, imported = "") => `import { command } from "../app/console/command";
${imported}
export default command({ schedule: "0 8 * * *", run() { process.stdout.write(${text} + "\\n"); } });
`;

describe("a build only rebuilds what has changed", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp({
      "app/greeting.ts": 'export const greeting: string = "hello";\n',
      "commands/Alone.ts": command('"alone"'),
      "commands/Queries.ts": command("typeof DB.raw", 'import DB from "../app/services/DB";'),
      "commands/Greets.ts": command("greeting", 'import { greeting } from "../app/greeting";'),
    });
    await build();
  });
  afterAll(() => app.remove());

  async function build(): Promise<void> {
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
  }
  const says = async (name: string) =>
    (await app.run([`commands/${name}.js`], { cwd: join(app.root, "build") })).stdout;
  const cachedParts = () => JSON.parse(app.read("build/cache.json"));
  /** The contents of all files in the build except code caches. */
  const bytes = () =>
    Object.fromEntries(
      readdirSync(join(app.root, "build"), { recursive: true, encoding: "utf8" })
        .filter((path) => !path.endsWith(".cache") && statSync(join(app.root, "build", path)).isFile())
        .sort()
        .map((path) => [path, readFileSync(join(app.root, "build", path), "base64")]),
    );

  test("nothing is rebuilt after a complete build", async () => {
    const parts = Object.entries<{ key: string; inputs: string[] }>(cachedParts());
    expect(parts.filter(([, { key }]) => key === "").map(([part]) => part)).toEqual([]);
    expect(cachedParts()["commands/Queries"].inputs).toContain("app/services/DB.ts");
    // If no part has changed, the build doesn't need esbuild, which can't run here.
    const before = bytes();
    expect(await app.run(["laju", "build"], { env: { ESBUILD_BINARY_PATH: "/bin/false" } })).toMatchObject({
      status: 0,
      stderr: "",
    });
    expect(bytes()).toEqual(before);
  });

  test("a change in a module rebuilds exactly the commands that import it", async () => {
    const before = cachedParts();
    app.write("app/greeting.ts", 'export const greeting: string = "good morning";\n');
    await build();
    expect(await says("Greets")).toBe("good morning\n");
    expect(cachedParts()["commands/Greets"]).not.toEqual(before["commands/Greets"]);
    expect(cachedParts()["commands/Alone"]).toEqual(before["commands/Alone"]);
  });

  test.each([
    ["is gone", (file: string) => rmSync(file)],
    ["was cut off", (file: string) => truncateSync(file, 20)],
    ["was written by another", (file: string) => writeFileSync(file, 'console.log("foreign")\n')],
  ])("an output that %s is rebuilt", async (_, damage) => {
    const before = bytes();
    for (const path of ["commands/Alone.js", "watchdog.js"]) damage(join(app.root, "build", path));
    await build();
    expect(bytes()).toEqual(before);
  });

  test("a new file that takes precedence in an import is used", async () => {
    app.write("app/greeting.tsx", 'export const greeting: string = "from another file";\n');
    await build();
    expect(await says("Greets")).toBe("from another file\n");
    rmSync(join(app.root, "app/greeting.tsx"));
    await build();
    expect(await says("Greets")).toBe("good morning\n");
  });

  test("the same sources give the same output, whatever was built before", async () => {
    const before = bytes();
    rmSync(join(app.root, "build/cache.json"));
    await build();
    expect(bytes()).toEqual(before);
    app.write("build/cache.json", '{ "laju": ');
    await build();
    expect(bytes()).toEqual(before);
  });

  test("a build with other tool versions rebuilds everything", async () => {
    const before = cachedParts();
    app.write("tsconfig.json", app.read("tsconfig.json").replace("{", '{\n  "$schema": "another",'));
    await build();
    const keys = (all: Record<string, { key: string }>) => Object.values(all).map(({ key }) => key);
    expect(keys(cachedParts()).filter((key) => keys(before).includes(key))).toEqual([]);
  });
});
