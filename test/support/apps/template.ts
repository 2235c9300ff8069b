import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { appParts } from "./appParts";

const project = join(import.meta.dirname, "..", "..", "..");

/** All projects of a vitest run share the template that the first one created. */
const shared = globalThis as { lajuTemplate?: string };

/**
 * Builds an app without commands, from which every test app is copied: from the sources, each app's first build would
 * take twice as long. The same folder can hold test programs that need npm packages.
 */
export default function makeTemplate(vitest: TestProject): () => void {
  if (shared.lajuTemplate === undefined) {
    const folder = emptyTemplate();
    shared.lajuTemplate = folder;
    build(join(folder, "app"));
    // In watch mode, the sources have changed in the meantime.
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
  // Let other users in: PostgreSQL refuses to run as root, and its template files are in here too.
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
