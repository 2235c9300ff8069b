import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

/** Makes build/vendor and build/shared once for all test apps: it takes seconds, and is the same for each. */
export default async function makeVendor(project: TestProject): Promise<() => void> {
  const { bundleVendor } = await import("../../scripts/build/vendor/bundleVendor");
  const root = join(import.meta.dirname, "..", "..");
  const build = mkdtempSync(join(tmpdir(), "laju-vendor-"));
  const vendor = await bundleVendor({ root, build });
  const { bundleShared } = await import("../../scripts/build/shared/bundleShared");
  const { Memory } = await import("../../scripts/build/memory");
  await bundleShared(
    { root, build, vendor: vendor.files },
    new Memory({ root, build }, vendor.key, new Date()),
  );
  project.provide("built", build);
  return () => rmSync(build, { recursive: true, force: true });
}

declare module "vitest" {
  interface ProvidedContext {
    built: string;
  }
}
