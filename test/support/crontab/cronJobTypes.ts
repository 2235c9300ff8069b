import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const modules = join(import.meta.dirname, "..", "..", "..", "node_modules");
const cronJob = join(modules, "kubernetes-types", "batch", "v1");
const flags =
  "--noEmit --strict --target es2023 --module esnext --moduleResolution bundler --skipLibCheck --pretty false";

/**
 * What is wrong with each manifest as a CronJob of batch/v1, by Kubernetes's own OpenAPI definitions. The package
 * kubernetes-types is generated from these, and the compiler is strict with literals, so it also reports unknown fields
 * at any depth.
 */
export function cronJobTypeProblems(manifests: readonly unknown[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), "laju-manifests-"));
  try {
    const lines = manifests.map(
      (manifest, index) => `export const manifest${index}: CronJob = ${JSON.stringify(manifest)};`,
    );
    const file = join(folder, "manifests.ts");
    writeFileSync(
      file,
      [`import type { CronJob } from ${JSON.stringify(cronJob)};`, ...lines, ""].join("\n"),
    );
    return problemsByLine(compile(folder, file), manifests.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compile(folder: string, file: string): string {
  const compiler = join(modules, "typescript", "bin", "tsc");
  const words = [compiler, ...flags.split(" "), "--types", "", file];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" });
  if (status !== 0 && stdout === "") throw new Error(`tsc exited with ${status}: ${stdout}${stderr}`);
  return stdout;
}

/** The index of the manifest that an error is about: `manifests.ts(3,120): error TS2353: …` is about the second one. */
function problemsByLine(output: string, count: number): string[][] {
  const found = [...output.matchAll(/^manifests\.ts\((\d+),\d+\): error \w+: (.*)$/gm)];
  const errors = output.match(/: error |^error /gm)?.length ?? 0;
  if (errors !== found.length || found.some(([, line]) => Number(line) < 2)) throw new Error(output);
  return Array.from({ length: count }, (_, index) =>
    found.filter(([, line]) => Number(line) === index + 2).map(([, , message]) => message),
  );
}
