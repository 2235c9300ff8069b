import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { appParts } from "../../../test/support/apps/appParts";
import { cronEnvironment } from "./probe";

const project = join(import.meta.dirname, "..", "..", "..");

/** An app in a temporary folder, with laju's code and the given files, built with a certain Node. */
export interface BenchApp {
  root: string;
  write(path: string, text: string): void;
  /** Runs `node laju …` in the app's root; throws if it fails. */
  laju(args: string[], env?: Record<string, string>): string;
  remove(): void;
}

export function makeBenchApp(files: Record<string, string>, node = process.execPath, name = "app"): BenchApp {
  return benchApp(files, { node, name }, (root) => {
    for (const part of appParts) cpSync(join(project, part), join(root, part), { recursive: true });
    symlinkSync(join(project, "node_modules"), join(root, "node_modules"));
  });
}

/**
 * Copies an app that `node laju new` created, with the laju installed in it, but without its build, data and settings.
 */
export function copyOfMadeApp(app: string, files: Record<string, string>, node = process.execPath): BenchApp {
  const leftOut = /^(node_modules|build|data|logs|\.git|\.env)$/;
  return benchApp(files, { node, name: "app" }, (root) => {
    for (const part of readdirSync(app).filter((name) => !leftOut.test(name)))
      cpSync(join(app, part), join(root, part), { recursive: true });
    symlinkSync(join(realpathSync(app), "node_modules"), join(root, "node_modules"));
  });
}

function benchApp(
  files: Record<string, string>,
  { node, name }: { node: string; name: string },
  fill: (root: string) => void,
): BenchApp {
  const folder = mkdtempSync(join(tmpdir(), "laju-bench-"));
  const root = join(folder, name);
  mkdirSync(root);
  fill(root);
  // Create the tables that the commands query.
  cpSync(join(project, "test/fixtures/blog/migrations"), join(root, "app/migrations"), { recursive: true });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    root,
    write,
    laju: (args, env = {}) => lajuIn(root, node, args, env),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function lajuIn(root: string, node: string, args: string[], env: Record<string, string>): string {
  const options = { cwd: root, env: { ...cronEnvironment(), ...env }, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(node, ["laju", ...args], options);
  if (status !== 0) throw new Error(`laju ${args.join(" ")} ended with status ${status}\n${stdout}${stderr}`);
  return stdout;
}
