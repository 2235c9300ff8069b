import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const cache = join(import.meta.dirname, "..", "..", "node_modules", ".cache", "laju-nodes");
const execute = promisify(execFile);

const isWanted = process.env.CI === "true" || process.env.LAJU_TEST_NODES === "1";

/** For `describe.skipIf(otherNodes.skip)`. Each Node is a download of 50 MB. */
export const otherNodes = {
  skip: !isWanted,
  label: isWanted ? "" : " (LAJU_TEST_NODES=1 downloads it)",
};

/** The newest Node of a major version, from the npm packages with its binaries. It is downloaded only once. */
export async function nodeProgram(major: number): Promise<string> {
  const folder = join(cache, String(major));
  const program = join(folder, "package", "bin", "node");
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, "draft-"));
  const name = `node-${process.platform}-${process.arch}@${major}`;
  await execute("npm", ["pack", name, "--silent", "--pack-destination", draft]);
  await execute("sh", ["-c", "tar xzf ./*.tgz && rm ./*.tgz"], { cwd: draft });
  // Rename the program to its final name, so that another test never finds an incomplete file.
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return program;
}
