import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { appAbove, findRoot } from "../../../framework/config/findRoot";

const project = join(import.meta.dirname, "..", "..", "..");

let folder: string;
const argv = [...process.argv];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "laju-root-")));
  vi.stubEnv("LAJU_ROOT", "");
});
afterEach(() => {
  process.argv = [...argv];
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, contents: unknown = {}): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(contents));
  return file;
}

const app = (path: string) => dirname(write(join(path, "package.json"), { laju: {} }));

/** The root that a program finds when it is started by this path. */
function rootOf(program: string): string | undefined {
  process.argv[1] = program;
  return findRoot();
}

describe("the app above a folder", () => {
  test("is the nearest one whose package.json has a laju field", () => {
    const outer = app("outer");
    const inner = app("outer/tools/inner");
    mkdirSync(join(inner, "build/commands"), { recursive: true });
    expect(appAbove(join(inner, "build/commands"))).toBe(inner);
    expect(appAbove(join(outer, "tools"))).toBe(outer);
  });

  test("is not the workspace that it belongs to, nor a package that only depends on laju", () => {
    const workspace = dirname(write("ws/package.json", { workspaces: ["packages/*"] }));
    write("ws/packages/site/package.json", { dependencies: { laju: "*" } });
    const shop = app("ws/packages/shop");
    expect(appAbove(shop)).toBe(shop);
    expect(appAbove(join(workspace, "packages/site"))).toBeUndefined();
  });

  test.each(["with space", "it's", 'a "b"', "100%", "%20", "a#b?c", "ü", "-n"])(
    "may have any package name: %s",
    (name) => {
      const root = app(name);
      expect(appAbove(join(root, "commands"))).toBe(root);
      expect(rootOf(write(join(name, "commands/X.ts")))).toBe(root);
    },
  );

  test.each([null, "laju", ["laju"], 7])("is not a folder whose package.json is %j", (description) => {
    write("package.json", description);
    expect(appAbove(folder)).toBeUndefined();
  });

  test("is searched for up to the root of the disk", () => {
    expect(appAbove("/")).toBeUndefined();
    expect(appAbove("/no/such/folder")).toBeUndefined();
  });
});

describe("the root", () => {
  test("is the program's, whatever the working folder", () => {
    const shop = app("shop");
    vi.spyOn(process, "cwd").mockReturnValue(app("other"));
    expect(rootOf(write("shop/commands/reports/Monthly.ts"))).toBe(shop);
  });

  test("is that of the real program if a symlink leads to it", () => {
    const shop = app("releases/7");
    write("releases/7/commands/X.ts");
    symlinkSync(shop, join(folder, "current"));
    symlinkSync(join(shop, "commands"), join(app("other"), "linked"));
    expect(rootOf(join(folder, "current/commands/X.ts"))).toBe(shop);
    expect(rootOf(join(folder, "other/linked/X.ts"))).toBe(shop);
  });

  test("is not derived from a tool in node_modules, such as vitest", () => {
    const shop = app("shop");
    const tool = write("shop/node_modules/vitest/vitest.mjs");
    app("shop/node_modules/vitest");
    vi.spyOn(process, "cwd").mockReturnValue(shop);
    expect(rootOf(tool)).toBe(shop);
  });

  test("is laju's own if neither the program nor the working folder is in an app", () => {
    vi.spyOn(process, "cwd").mockReturnValue(folder);
    expect(rootOf(write("script.js"))).toBe(project);
    expect(rootOf(join(folder, "gone", "script.js"))).toBe(project);
  });

  test("is LAJU_ROOT if set", () => {
    app("shop");
    vi.stubEnv("LAJU_ROOT", join(folder, "else"));
    expect(rootOf(write("shop/commands/X.ts"))).toBe(join(folder, "else"));
  });
});
