import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { makePackage } from "../../../scripts/package/makePackage";
import type { Ended } from "../apps/app";
import { type LocalRegistry, startRegistry } from "./registry";

const project = join(import.meta.dirname, "..", "..", "..");

/** A folder with only laju's package, and an environment without this repository and without network access. */
export interface Sandbox {
  folder: string;
  tarball: string;
  /** Runs a line in a folder, as if it had been typed there. */
  type(line: string, folder?: string): Promise<Ended>;
  stop(): Promise<void>;
}

/** Creates a sandbox. `enter` is a command prefix for running programs elsewhere, such as in a namespace. */
export async function makeSandbox({
  path = [] as string[],
  enter = [] as readonly string[],
} = {}): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), "laju-clean-"));
  const { file } = makePackage(project, folder);
  const registry = await startRegistry();
  const bin = join(folder, "bin");
  makeNpx(bin);
  const { HOME, PATH } = process.env;
  const env = {
    ...{ HOME, LANG: "C.UTF-8", TZ: "UTC", LOG_FORMAT: "pretty" },
    PATH: [bin, ...path, PATH].join(":"),
    ...gitIdentity,
    ...registry.env,
  };
  return {
    folder,
    tarball: basename(file),
    type: (line, at = folder) => endOf([...enter, "sh", "-c", `cd '${at}' && ${line}`], env),
    stop: () => stop(registry, folder),
  };
}

const gitIdentity = Object.fromEntries(
  ["AUTHOR", "COMMITTER"].flatMap((who) => [
    [`GIT_${who}_NAME`, "Ada"],
    [`GIT_${who}_EMAIL`, "ada@example.com"],
  ]),
);

/**
 * Replaces npx. The real one first installs laju's dependencies, which takes half a minute. This one only unpacks the
 * package, which then has to create an app without them.
 */
function makeNpx(bin: string): void {
  cpSync(join(import.meta.dirname, "npx.sh"), join(bin, "npx"));
}

/**
 * Copies the database driver that this project's npm ci compiled, because tests install packages without running their
 * install scripts.
 */
export function copyDriver(app: string): void {
  const built = "node_modules/better-sqlite3-node20/build";
  if (existsSync(join(project, built))) cpSync(join(project, built), join(app, built), { recursive: true });
}

function endOf([program = "", ...words]: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env, stdio: ["ignore", "pipe", "pipe"], timeout: 280_000 });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      output.stderr += text;
    });
    child.on("error", reject);
    child.on("close", (status, signal) => resolve({ status, signal, ...output }));
  });
}

async function stop(registry: LocalRegistry, folder: string): Promise<void> {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
}
