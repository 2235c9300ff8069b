import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { appParts } from "./appParts";

const project = join(import.meta.dirname, "..", "..", "..");

/** The projects of one run of vitest share what the first of them made. */
const shared = globalThis as { lajuTemplate?: string };

/**
 * Makes the app without commands that every test app is a copy of, and builds it: from its sources each app's first
 * build would take twice as long. Beside it is room for programs of the tests that need npm's packages.
 */
export default function makeTemplate(vitest: TestProject): () => void {
  if (shared.lajuTemplate === undefined) {
    const folder = emptyTemplate();
    shared.lajuTemplate = folder;
    build(join(folder, "app"));
    // When vitest watches, the sources have changed meanwhile.
    vitest.onTestsRerun(() => build(join(folder, "app")));
  }
  const folder = shared.lajuTemplate;
  vitest.provide("template", join(folder, "app"));
  vitest.provide("programs", folder);
  process.env.LAJU_TEST_FOLDER = folder;
  process.env.LAJU_TEST_ROOT = join(folder, "empty");
  return () => rmSync(folder, { recursive: true, force: true });
}

function emptyTemplate(): string {
  const folder = mkdtempSync(join(tmpdir(), "laju-template-"));
  // PostgreSQL refuses to be root, and what it made once lies here too.
  chmodSync(folder, 0o755);
  const root = join(folder, "app");
  mkdirSync(join(root, "commands"), { recursive: true });
  mkdirSync(join(folder, "empty"));
  for (const place of [folder, root]) symlinkSync(join(project, "node_modules"), join(place, "node_modules"));
  return folder;
}

function build(root: string): void {
  for (const part of appParts) {
    rmSync(join(root, part), { recursive: true, force: true });
    cpSync(join(project, part), join(root, part), { recursive: true });
  }
  const { PATH, HOME } = process.env;
  execFileSync(process.execPath, ["laju", "build"], { cwd: root, env: { PATH, HOME }, stdio: "pipe" });
}

declare module "vitest" {
  interface ProvidedContext {
    template: string;
    programs: string;
  }
}
