import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { writeAtomically } from "../files/writeAtomically";

/** The files that contain the path of laju's package file. */
const naming = ["package.json", "package-lock.json"];

/**
 * The path of laju's package file if package.json refers to one outside vendor/, as after `npm install
 * ../laju-2.0.0.tgz`; otherwise undefined.
 */
export function packageElsewhere(root: string): string | undefined {
  const path = filePath(specOf(root));
  if (path === undefined || /^(\.\/)?vendor\//.test(path) || !existsSync(resolve(root, path)))
    return undefined;
  return path;
}

/**
 * After `npm install ../laju-2.0.0.tgz`, puts that file into vendor/ in place of the old one, and makes the app depend
 * on it there, because a server would not have ../laju-2.0.0.tgz. A file outside the app is copied rather than moved.
 * Returns the new path, or undefined if there was nothing to do.
 */
export function takeIntoVendor(root: string): string | undefined {
  const path = packageElsewhere(root);
  if (path === undefined) return undefined;
  const target = `vendor/${basename(path)}`;
  mkdirSync(join(root, "vendor"), { recursive: true });
  copyFileSync(resolve(root, path), join(root, target));
  const spec = JSON.stringify(specOf(root));
  for (const file of naming.filter((one) => existsSync(join(root, one)))) {
    const text = readFileSync(join(root, file), "utf8");
    const changed = text.replaceAll(spec, JSON.stringify(`file:${target}`));
    writeAtomically(join(root, file), changed, { mode: "umask", keepsMode: true });
  }
  for (const file of packagesIn(root).filter((one) => one !== basename(target))) {
    rmSync(join(root, "vendor", file));
  }
  if (!relative(root, resolve(root, path)).startsWith("..")) rmSync(resolve(root, path));
  return target;
}

function specOf(root: string): unknown {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).dependencies?.laju;
}

function filePath(spec: unknown): string | undefined {
  return typeof spec === "string" ? /^file:((?:.*\/)?laju-[^/]+\.tgz)$/.exec(spec)?.[1] : undefined;
}

function packagesIn(root: string): string[] {
  return readdirSync(join(root, "vendor")).filter((file) => /^laju-.*\.tgz$/.test(file));
}
