import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";

/** Files that contain the path of laju's package. */
const naming = ["package.json", "package-lock.json"];

/**
 * `npm install ../laju-2.0.0.tgz` makes an app depend on a file outside its folder, which doesn't exist on a
 * server. This moves the file into vendor/, where the previous package was. Returns what it did, if anything.
 */
export function takeIntoVendor(root: string): string | undefined {
  const spec = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).dependencies?.laju;
  const path = /^file:(.*\/)?laju-[^/]+\.tgz$/.test(spec ?? "") ? spec.slice("file:".length) : undefined;
  if (path === undefined || /^(\.\/)?vendor\//.test(path) || !existsSync(resolve(root, path)))
    return undefined;
  const target = `vendor/${basename(path)}`;
  mkdirSync(join(root, "vendor"), { recursive: true });
  copyFileSync(resolve(root, path), join(root, target));
  for (const file of naming.filter((one) => existsSync(join(root, one)))) {
    const text = readFileSync(join(root, file), "utf8");
    writeFileSync(join(root, file), text.replaceAll(JSON.stringify(spec), JSON.stringify(`file:${target}`)));
  }
  const old = readdirSync(join(root, "vendor")).filter(
    (file) => /^laju-.*\.tgz$/.test(file) && file !== basename(target),
  );
  for (const file of old) rmSync(join(root, "vendor", file));
  return target;
}
