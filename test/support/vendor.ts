import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

/** Makes build/vendor once for all test apps: it takes seconds, and is the same for each. */
export default async function makeVendor(project: TestProject): Promise<() => void> {
  const { bundleVendor } = await import("../../scripts/build/vendor/bundleVendor");
  const root = join(import.meta.dirname, "..", "..");
  const build = mkdtempSync(join(tmpdir(), "laju-vendor-"));
  await bundleVendor({ root, build });
  project.provide("vendor", join(build, "vendor"));
  return () => rmSync(build, { recursive: true, force: true });
}

declare module "vitest" {
  interface ProvidedContext {
    vendor: string;
  }
}
