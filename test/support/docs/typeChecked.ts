import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Block, blocksOf, hiddenFiles, type Page, project } from "./pages";

const template = join(project, "framework", "new", "template", "tsconfig.json");

/** The errors that tsc reports for the TypeScript on these pages, which is compiled in apps that use laju's package. */
export function typeProblems(all: Page[], extra: Record<string, string> = {}): string[] {
  const folder = mkdtempSync(join(tmpdir(), "laju-docs-"));
  try {
    const places = new Map<string, Block>();
    all.forEach((page, index) => {
      for (const [file, block] of writePage(page, join(folder, "apps", String(index))))
        places.set(file, block);
    });
    writePackages(folder);
    for (const [path, text] of Object.entries(extra)) write(join(folder, "apps", "extra", path), text);
    const options = {
      noUnusedLocals: false,
      types: ["node"],
      paths: {},
      typeRoots: [join(folder, "node_modules/@types")],
    };
    const config = { extends: template, compilerOptions: options, include: ["apps"], files: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(project, "node_modules/.bin/tsc");
    const { stdout } = spawnSync(tsc, ["-p", folder, "--pretty", "false"], { encoding: "utf8", cwd: folder });
    const lines = stdout.split("\n").filter(Boolean);
    return lines.map((line) => atItsPage(line, places)).filter((line) => line !== undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An app with a page's samples, each in the file that the page names. */
function writePage(page: Page, root: string): [string, Block][] {
  const blocks = blocksOf(page).filter(({ language }) => language === "ts" || language === "js");
  for (const part of ["console", "services", "queue", "config.ts"]) {
    mkdirSync(join(root, "app"), { recursive: true });
    symlinkSync(join(project, "app", part), join(root, "app", part));
  }
  // CONTRIBUTING shows code of laju itself.
  if (page.path === "CONTRIBUTING.md") symlinkSync(join(project, "framework"), join(root, "framework"));
  for (const { file, text } of hiddenFiles(page)) write(join(root, file), text);
  return blocks.map((block, index) => {
    const file = join(root, block.file ?? defaultFile(block, index));
    const isModule = /^(import|export)\b/m.test(block.text);
    write(file, `${block.text}\n${block.given}\n${isModule ? "" : "export {};\n"}`);
    return [file, block];
  });
}

/** A folder in the app in which a sample's imports of `../app/…` can be resolved. */
function defaultFile({ text, language }: Block, index: number): string {
  const folder = /from "\.\.\/\.\.\//.test(text) ? "test/commands" : "commands";
  return `${folder}/sample${index}.${language}`;
}

function writePackages(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  for (const name of readdirSync(join(project, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(project, "node_modules", name), join(modules, name));
  }
  symlinkSync(project, join(modules, "laju"));
  // Samples use this package, but laju doesn't install it.
  write(
    join(modules, "hyper-express", "index.d.ts"),
    "export type Request = any; export type Response = any;",
  );
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/**
 * Turns `apps/3/commands/sample1.ts(4,2): error …` into `docs/reference/queue.md:70: error …`. Undefined for errors in
 * laju's own files.
 */
function atItsPage(line: string, places: Map<string, Block>): string | undefined {
  const [, path = "", row, problem] = /^(\S+?)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
  const block = [...places].find(([file]) => file.endsWith(path.replace(/^(\.\.\/)*/, "")))?.[1];
  if (block === undefined)
    return path.startsWith("apps/") && !/\/(app|framework)\//.test(path) ? line : undefined;
  return `${block.page}:${block.line + Number(row)}: ${problem}`;
}
