import { readdirSync, readFileSync, renameSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";

const command = (description: string) => `import { command } from "../app/console/command";
export default command({ description: "${description}", schedule: "0 8 * * *", run() {} });
`;

describe("build/cli", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp({ "commands/One.ts": command("the first"), "commands/Two.ts": command("the second") });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterAll(() => app.remove());

  const folder = () => join(app.root, "build/cli");
  /**
   * The two halves of the command line: the hot one, which every verb loads, and the cold one, which some verbs also
   * load.
   */
  const halves = () => {
    const files = readdirSync(folder()).filter((name) => name.endsWith(".js"));
    expect(files).toHaveLength(2);
    const starter = app.read("build/laju.js");
    const isHot = (file: string) => starter.includes(`const lajuProgramFile = "${file.slice(0, 22)}"`);
    return { hot: files.find(isHot) as string, cold: files.find((file) => !isHot(file)) as string };
  };
  const cacheOf = (file: string) => {
    const isItsCache = (name: string) => name.startsWith(file.slice(0, 22)) && name.endsWith(".cache");
    return join(folder(), readdirSync(folder()).find(isItsCache) as string);
  };

  test.each(["hot", "cold"] as const)(
    "contains the command line's %s half with a code cache that V8 accepts",
    (half) => {
      const file = halves()[half];
      const source = readFileSync(join(folder(), file), "utf8");
      const script = new Script(source, { cachedData: readFileSync(cacheOf(file)) });
      expect(script.cachedDataRejected).toBe(false);
    },
  );

  // V8 needs more time and memory for source text with other characters. esbuild escapes them in strings, but not in
  // regular expressions.
  test("the half that every verb loads is ASCII", () => {
    expect(readFileSync(join(folder(), halves().hot), "latin1")).not.toMatch(/[^\0-\x7f]/);
  });

  test("frequently used verbs don't need the cold half, and others do", async () => {
    const cold = join(folder(), halves().cold);
    renameSync(cold, `${cold}.away`);
    try {
      for (const words of [
        ["--version"],
        ["--help"],
        ["list"],
        ["show", "One"],
        ["runs"],
        ["inspect"],
        ["status"],
      ]) {
        expect(await app.laju(...words)).toMatchObject({ stderr: "" });
      }
      expect((await app.laju("explain", "@daily")).stderr).toContain("is missing: run npm run build");
    } finally {
      renameSync(`${cold}.away`, cold);
    }
  });

  test("a truncated cache only makes a verb slower", async () => {
    const cache = cacheOf(halves().hot);
    const whole = readFileSync(cache);
    truncateSync(cache, whole.length / 2);
    expect(await app.laju("--version")).toMatchObject({ status: 0, stderr: "" });
    writeFileSync(cache, whole);
  });

  // The test's app is a copy of a built one, but V8's code caches contain the paths of the original.
  test.each([
    ["cli", ["show", "Three"], "findCommand", "framework/catalog/catalog.ts"],
    ["shared", ["show", "--nonsense"], "parseArguments", "framework/cli/arguments.ts"],
  ])("stack traces through a copied build/%s have TypeScript positions", async (_, words, name, file) => {
    const { status, stderr } = await app.laju(...words, "--verbose");
    expect(status).toBe(2);
    expect(stderr).toMatch(new RegExp(`at ${name} \\(${app.root}/${file}:\\d+:\\d+\\)`));
  });

  test("only changed commands are read again", async () => {
    const manifest = app.read("build/commands.json");
    app.write("build/commands.json", manifest.replace("the first", "as the manifest says"));
    app.write("commands/Two.ts", command("changed"));
    app.write("commands/Three.ts", command("new"));
    const list = async () =>
      JSON.parse((await app.run(["build/laju.js", "list", "--json"])).stdout).map(
        ({ name, description }: { name: string; description: string }) => `${name}: ${description}`,
      );
    expect(await list()).toEqual(["One: as the manifest says", "Three: new", "Two: changed"]);
    app.write("commands/One.ts", command("saved"));
    expect(await list()).toEqual(["One: saved", "Three: new", "Two: changed"]);
  });

  describe("after a build", () => {
    let copy: TestApp;
    beforeAll(() => {
      copy = app.copy();
      utimesSync(join(copy.root, "build/commands.json"), new Date(), new Date());
      // Change a source without building it, so that the output shows whether a verb ran from source.
      const source = "commands/native/verbs.ts";
      copy.write(source, copy.read(source).replace("Print the build's manifest", "As its source says"));
      utimesSync(join(copy.root, source), 0, 0);
    });
    afterAll(() => copy.remove());

    const save = (path: string) => copy.write(path, copy.read(path));
    const summary = async (...words: string[]) =>
      /Print the build's manifest|As its source says/.exec((await copy.laju(...words)).stdout)?.[0];

    test("a verb stays compiled if other verbs, services or views are edited", async () => {
      save("framework/text/wrapText.ts");
      save("app/services/Mailer.ts");
      copy.write("app/views/added.ejs", "");
      copy.write("app/services/Added.ts", "");
      expect(await summary("inspect", "--help")).toBe("Print the build's manifest");
      expect(await summary("--help")).toBe("Print the build's manifest");
    });

    test("an added migration is found, and doesn't make other verbs run from source", async () => {
      copy.write(
        "app/migrations/20990101000000_added.ts",
        "export const up = () => {}; export const down = up;",
      );
      expect((await copy.laju("migrate:status")).stdout).toContain("20990101000000_added");
      expect(await summary("inspect", "--help")).toBe("Print the build's manifest");
    });

    test("saving one of its sources makes a verb run from source", async () => {
      save("commands/native/Inspect.ts");
      expect(await summary("--help")).toBe("Print the build's manifest");
      expect(await summary("inspect", "--help")).toBe("As its source says");
      expect(await summary("--verbose", "inspect", "--help")).toBe("As its source says");
      save("framework/config/errors.ts");
      expect(await summary("--help")).toBe("As its source says");
    });
  });
});
