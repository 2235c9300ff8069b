import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LajuError } from "../config/errors";
import { isMissing, missingProgram, run } from "./programs";
import { tarballName } from "./tarballName";

/** Copies laju's package file into an app. `home` is the unpacked package or laju's repository. */
export async function putTarball(
  home: string,
  version: string,
  target: string,
  report: (step: string) => void,
): Promise<void> {
  if (existsSync(join(home, "scripts/package"))) {
    copyTo(target, packedSources(home, version, report));
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "laju-pack-"));
  try {
    runOrThrow("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], home);
    copyTo(target, join(folder, tarballName(version)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyTo(target: string, file: string): void {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(file, target);
}

/**
 * The package file in the repository's build folder. Packs the repository again if it has changed since the last time.
 */
function packedSources(home: string, version: string, report: (step: string) => void): string {
  const file = join(home, "build", tarballName(version));
  const packedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const parts = [
    "package.json",
    "laju.js",
    "CHANGELOG.md",
    ".env.example",
    "app",
    "commands",
    "framework",
    "scripts/package",
  ];
  if (parts.some((part) => isNewer(join(home, part), packedAt))) {
    report("Packing laju");
    runOrThrow("npm", ["run", "--silent", "pack"], home);
  }
  return file;
}

function isNewer(path: string, time: number): boolean {
  const stat = statSync(path);
  if (stat.mtimeMs > time) return true;
  return stat.isDirectory() && readdirSync(path).some((name) => isNewer(join(path, name), time));
}

function runOrThrow(program: string, words: string[], folder: string): void {
  const { error, status, stderr } = run(program, words, folder);
  if (status === 0) return;
  if (isMissing(error)) throw missingProgram(program);
  const line = [program, ...words].join(" ");
  throw new LajuError(`${line} failed in ${folder}: ${error?.message ?? stderr.trim()}`, { code: "E_PACK" });
}
