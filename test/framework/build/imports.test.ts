import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, makeApp, type TestApp } from "../../support/apps/app";

/** Commands with various imports, each with its expected output. Only Declared imports anything from laju. */
const works: Record<string, [text: string, printed: string]> = {
  Paths: ['import { word } from "@/domain/words"; console.log(word);', "word"],
  PathsInOrder: ['import { word } from "several/words"; console.log(word);', "word"],
  PathsExact: ['import { word } from "words"; console.log(word);', "word"],
  PathsFolder: ['import { word } from "@/domain"; console.log(word);', "word"],
  PathsDynamic: ['(async () => console.log((await import("@/domain/words")).word))();', "word"],
  PathsShared: [
    'import { paths } from "@/framework/config/config"; import { paths as same } from "../app/config"; console.log(paths === same);',
    "true",
  ],
  Imports: ['import { word } from "#domain/words"; console.log(word);', "word"],
  ImportsBare: ['import { word } from "#any/words"; console.log(word);', "word"],
  ImportsJs: ['import { word } from "#js/words"; console.log(word);', "word"],
  ImportsJson: ['import settings from "#json/settings"; console.log(settings.word);', "word"],
  PathsJavaScript: ['import { word } from "shadowed/words"; console.log(word);', "word"],
  ImportsByCondition: ['import { word } from "#words"; console.log(word);', "word"],
  ImportsPackage: ['import { distance } from "#distance"; console.log(distance("a", "bc"));', "2"],
  ImportsWaiting: ['const { word } = await import("#any/words"); console.log(word);', "word"],
  Computed: [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the source of a command.
    '["words"].forEach(async (name) => console.log((await import(`../domain/${name}`)).word));',
    "word",
  ],
  OnlyForModules: ['import word from "only-for-modules"; console.log(word);', "word"],
  Workspace: ['import { word } from "@my/typed"; console.log(word);', "word"],
  FileUrl: ['import word from "data:text/javascript,export default `word`"; console.log(word);', "word"],
  Optional: ['import("not-installed").catch(({ code }) => console.log(code));', "ERR_MODULE_NOT_FOUND"],
  OnlyTypes: ['import type { Row } from "not-installed"; console.log({} as Row);', "{}"],
  Declared: [
    `import { command } from "@/app/console/command"; import { word } from "@/domain/words";
     export default command({ run: () => console.log(word) });`,
    "word",
  ],
  Exported: [
    'import { word } from "@/domain/words"; import "@/app/services/Logger"; export const run = () => console.log(word);',
    "word",
  ],
};

const fails: Record<string, [text: string, message: string]> = {
  NoComputed: [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the source of a command.
    '["a"].forEach((name) => import(`../domain/${name}.js`));',
    '1:32  The glob pattern import("../domain/**/*.js") did not match any files',
  ],
  NoPath: [
    'import { word } from "@/domain/nope"; console.log(word);',
    '1:22  cannot find a file or package for "@/domain/nope"',
  ],
  NoImport: [
    '\nimport { word } from "#nope"; console.log(word);',
    '2:22  cannot find a file or package for "#nope"',
  ],
  NoDynamic: ['void import("@/nope");', '1:13  cannot find a file or package for "@/nope"'],
  NoPackage: [
    'import word from "not-installed"; console.log(word);',
    '1:18  cannot find a file or package for "not-installed"\n  Install it',
  ],
};

let app: TestApp;
let built: Ended;
beforeAll(async () => {
  app = makeApp({
    ...Object.fromEntries(
      Object.entries({ ...works, ...fails }).map(([name, [text]]) => [`commands/${name}.ts`, text]),
    ),
    "domain/words.ts": 'export const word: string = "word";',
    "domain/settings.json": '{ "word": "word" }',
    "plain/words.js": 'export const word = "word";',
    "domain/index.ts": 'export * from "./words";',
    "packages/typed/package.json": '{ "name": "@my/typed", "main": "index.ts" }',
    "packages/typed/index.ts": 'export const word: string = "word";',
  });
  ownModules(app);
  app.write(
    "node_modules/only-for-modules/package.json",
    '{ "name": "only-for-modules", "type": "module", "exports": { "import": "./index.js" } }',
  );
  app.write("node_modules/only-for-modules/index.js", 'export default "word";');
  // This package has the same name as an entry in `paths`, which takes precedence.
  app.write("node_modules/shadowed/words.js", 'exports.word = "of the package";');
  mkdirSync(join(app.root, "node_modules/@my"));
  symlinkSync("../../packages/typed", join(app.root, "node_modules/@my/typed"));
  const paths = {
    "@/*": ["./*"],
    words: ["./domain/words.ts"],
    "shadowed/*": ["./plain/*"],
    "several/*": ["./nowhere/*", "./domain/*"],
  };
  change(app, "tsconfig.json", '"paths": {', `"paths": { ${JSON.stringify(paths).slice(1, -1)}, `);
  const imports = {
    "#domain/*": "./domain/*.ts",
    "#any/*": "./domain/*",
    "#js/*": "./domain/*.js",
    "#json/*": "./domain/*.json",
    "#words": { browser: "./nowhere.ts", default: "./domain/words.ts" },
    "#distance": "fastest-levenshtein",
  };
  change(app, "package.json", '"imports": {', `"imports": {${JSON.stringify(imports).slice(1, -1)},`);
  built = await app.laju("build");
});
afterAll(() => app?.remove());

describe("the build resolves what tsx resolves", () => {
  test.each(Object.entries(works))("%s", async (name, [, printed]) => {
    expect(await app.run([`build/commands/${name}.js`])).toMatchObject({ status: 0, stdout: `${printed}\n` });
  });

  test("tsx prints the same", async () => {
    const tsx = { program: join(app.root, "node_modules/.bin/tsx") };
    for (const name of [
      "PathsInOrder",
      "ImportsBare",
      "ImportsJs",
      "OnlyForModules",
      "Workspace",
      "Exported",
    ]) {
      const ended = await app.run([`commands/${name}.ts`], tsx);
      expect(ended, name).toMatchObject({ status: 0, stdout: `${works[name]?.[1]}\n` });
    }
  });
});

test.each(Object.entries(fails))(
  "%s cannot be resolved: an error of the build with its position",
  (name, [, message]) => {
    expect(built.status).toBe(1);
    expect(built.stderr).toContain(`✗ commands/${name}.ts:${message}`);
  },
);

/** Makes node_modules a folder with links to the project's packages, so that a test can add others. */
function ownModules({ root }: TestApp): void {
  const folder = join(root, "node_modules");
  const names = readdirSync(folder);
  const packages = join(import.meta.dirname, "../../../node_modules");
  rmSync(folder);
  mkdirSync(folder);
  for (const name of names) symlinkSync(join(packages, name), join(folder, name));
}

function change(app: TestApp, file: string, from: string, to: string): void {
  const text = app.read(file);
  expect(text).toContain(from);
  app.write(file, text.replace(from, to));
}
