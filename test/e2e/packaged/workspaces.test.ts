import { cpSync, existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../../support/package/packaged";
import { needs } from "../../support/servers/requirement";

const project = join(import.meta.dirname, "..", "..", "..");
const needsPnpm = needs("pnpm");

let place: Sandbox;
beforeAll(async () => {
  place = await makeSandbox();
}, 120_000);
afterAll(() => place?.stop());

/** Creates an app in packages/ of a workspace, installs the workspace, and returns the app's folder. */
async function makeShop(name: string, files: Record<string, string>, install: string): Promise<string> {
  const workspace = join(place.folder, name);
  mkdirSync(join(workspace, "packages"), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(workspace, file), text);
  await succeeds(`npx ../${place.tarball} new packages/shop --no-install --no-git`, workspace);
  await succeeds(install, workspace);
  const shop = join(workspace, "packages/shop");
  copyDriver(shop);
  return shop;
}

async function succeeds(line: string, folder: string): Promise<string> {
  const { status, stdout, stderr } = await place.type(line, folder);
  expect({ line, status, ...(status !== 0 && { stdout, stderr }) }).toEqual({ line, status: 0 });
  return stdout;
}

/** Packages are installed without running their scripts. The driver that npm compiled for this project is beside laju. */
function copyDriver(shop: string): void {
  const [driver, built] = ["better-sqlite3-node20", "build"];
  const from = join(project, "node_modules", driver, built);
  const laju = [shop, join(shop, "../..")].map((at) => join(at, "node_modules/laju")).find(existsSync);
  const to = join(realpathSync(laju as string), "..", driver);
  if (existsSync(from)) cpSync(from, join(realpathSync(to), built), { recursive: true });
}

/** The app is the root, wherever in it something is started, and not the workspace. */
async function isItsOwnRoot(shop: string): Promise<void> {
  expect(await succeeds("NO_COLOR=1 npm test --silent", shop)).toMatch(/Tests +1 passed/);
  await succeeds("node laju migrate && npm run --silent typecheck", shop);
  expect(await succeeds("npx tsx commands/SayHello.ts --name Ada", shop)).toContain("Hello, Ada!");
  expect(await succeeds("node laju build && cd build && node commands/SayHello.js", shop)).toContain("Hello");
  expect(await succeeds("npx laju status", join(shop, "app"))).toMatch(/✓ SayHello/);
  expect(await succeeds("node packages/shop/laju list", join(shop, "../.."))).toContain("SayHello");
  expect(existsSync(join(shop, "data/dev.sqlite3"))).toBe(true);
  for (const name of ["data", "build", "logs"]) expect(existsSync(join(shop, "../..", name))).toBe(false);
}

test("an app in an npm workspace is its own root", async () => {
  const description = JSON.stringify({ private: true, workspaces: ["packages/*"] });
  await isItsOwnRoot(await makeShop("npm", { "package.json": description }, "npm install"));
});

test.skipIf(needsPnpm.skip)(`an app in a pnpm workspace is its own root${needsPnpm.label}`, async () => {
  const files = { "package.json": '{ "private": true }', "pnpm-workspace.yaml": "packages: [packages/*]\n" };
  const shop = await makeShop("pnpm", files, "pnpm install --ignore-scripts");
  expect(existsSync(join(shop, "pnpm-workspace.yaml"))).toBe(false);
  await isItsOwnRoot(shop);
});
