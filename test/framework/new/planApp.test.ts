import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { packageName } from "../../../framework/new/description";
import { type NewAppOptions, planApp } from "../../../framework/new/makeApp";

const project = join(import.meta.dirname, "..", "..", "..");
const options: NewAppOptions = { database: "sqlite", examples: false, git: true, install: true };

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "laju-new-"));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const plan = (more: Partial<NewAppOptions> = {}, name = "shop") =>
  planApp(project, join(parent, name), { ...options, ...more });

describe("a new app", () => {
  test("has the documented top level and about twenty files", () => {
    const paths = [...plan().files.keys()];
    expect([...new Set(paths.map((path) => path.split("/")[0]))].sort()).toEqual([
      ".env",
      ".env.example",
      ".gitignore",
      "README.md",
      "app",
      "commands",
      "crontab.example",
      "laju.js",
      "package.json",
      "pnpm-workspace.yaml",
      "scripts",
      "test",
      "tsconfig.json",
      "vitest.config.ts",
    ]);
    expect(paths.length).toBeLessThan(26);
    expect(paths.filter((path) => path.startsWith("commands/"))).toEqual(["commands/SayHello.ts"]);
  });

  test("depends on the package in its own vendor/, and records the template's version", () => {
    const { files, tarball } = plan();
    const { version } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
    expect(JSON.parse(files.get("package.json") ?? "")).toMatchObject({
      name: "shop",
      laju: { template: version },
      dependencies: { laju: `file:vendor/laju-${version}.tgz` },
      devDependencies: { vitest: expect.any(String), typescript: expect.any(String) },
    });
    expect(tarball).toBe(`vendor/laju-${version}.tgz`);
  });

  test("has no examples", () => {
    const { files } = plan();
    expect([...files.keys()].filter((path) => /migrations|views|Partner|Digest/.test(path))).toEqual([]);
    expect(files.get(".env.example")).not.toContain("SYNC_API");
    expect(files.get(".env.example")).toContain("#BACKUP_DIR");
  });

  test("has all examples if asked", () => {
    const { files } = plan({ examples: true });
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        "app/migrations/20260101000100_create_users_and_posts.ts",
        "app/services/PartnerApi.ts",
        "commands/SendDailyDigest.ts",
        "commands/reports/Monthly.ts",
      ]),
    );
    expect([...files.keys()].filter((path) => /native|index\.ts/.test(path))).toEqual([]);
    expect(files.get(".env.example")).toContain("SYNC_API");
  });

  test.each([
    ["sqlite", "#DATABASE_URL=file:data/app.sqlite3"],
    ["pg", "DATABASE_URL=postgres://my_shop:password@127.0.0.1:5432/my_shop"],
    ["mysql", "DATABASE_URL=mysql://my_shop:password@127.0.0.1:3306/my_shop"],
  ] as const)("writes the database %s into .env", (database, line) => {
    expect(plan({ database }, "my shop").files.get(".env")?.split("\n")).toContain(line);
  });

  test.each([
    ["shop", "shop"],
    ["My Shop", "my-shop"],
    ["_draft.2", "draft.2"],
    ["laju", "laju-app"],
    ["Über Größe", "uber-gro-e"],
    ["店", "laju-app"],
  ])("in a folder named %s is named %s", (folder, name) => {
    expect(packageName(folder)).toBe(name);
  });
});

describe("the folder of a new app", () => {
  test("may be a fresh repository, whose README is kept", () => {
    mkdirSync(join(parent, "shop", ".git"), { recursive: true });
    writeFileSync(join(parent, "shop", "README.md"), "# Ours\n");
    writeFileSync(join(parent, "shop", "LICENSE"), "MIT\n");
    const { files } = plan();
    expect(files.has("README.md")).toBe(false);
    expect(files.has("package.json")).toBe(true);
  });

  test("may contain nothing else", () => {
    mkdirSync(join(parent, "shop", "src"), { recursive: true });
    writeFileSync(join(parent, "shop", "package.json"), "{}");
    expect(() => plan()).toThrow(`${join(parent, "shop")} is not empty: package.json, src are already there`);
  });

  test("may not be a file or be inside one", () => {
    writeFileSync(join(parent, "shop"), "");
    expect(() => plan()).toThrow(`${join(parent, "shop")} is a file`);
    expect(() => plan({}, "shop/inner")).toThrow(`${join(parent, "shop")} is a file`);
  });

  test("may not have a control character in its path, which a crontab can't contain", () => {
    expect(() => plan({}, "two\nlines")).toThrow('two\\nlines" contains a control character');
  });

  test("may be in a pnpm workspace, whose settings then decide what pnpm may run", () => {
    writeFileSync(join(parent, "pnpm-workspace.yaml"), "packages: [packages/*]\n");
    expect(plan({}, "packages/shop").files.has("pnpm-workspace.yaml")).toBe(false);
  });
});
