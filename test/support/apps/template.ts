import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { appParts } from "./appParts";

const project = join(import.meta.dirname, "..", "..", "..");

/** The projects of a vitest run share one template. The first project creates it. */
const shared = globalThis as { lajuTemplate?: string };

/**
 * Builds an app without commands, of which every test's app is a copy. Without it, each app's first build would take
 * twice as long. The folder above the template can contain test programs that need npm packages.
 */
export default function makeTemplate(vitest: TestProject): () => void {
  if (shared.lajuTemplate === undefined) {
    const folder = emptyTemplate();
    shared.lajuTemplate = folder;
    build(join(folder, "app"));
    // In vitest's watch mode, the sources have changed, so build the template again.
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
  // Let other users read the folder: the PostgreSQL server, which refuses to run as root, has its template files in it.
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
