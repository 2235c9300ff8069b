import { stableHash } from "../../schedule/expression/hash";

/** A name made from the app's folder, unique among the apps of a host. */
export function appSlug(root: string): string {
  const slug = root.replace(/^\/+|\/+$/g, "").replaceAll("/", "_");
  if (/^[A-Za-z0-9][A-Za-z0-9-]*(?:_[A-Za-z0-9][A-Za-z0-9-]*)*$/.test(slug) && !root.includes("_"))
    return slug;
  return `${slug.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "root"}-${hashText(root)}`;
}

/** SendDailyDigest as send-daily-digest, at most `longest` characters long: a valid Kubernetes name. */
export function kebabName(name: string, longest: number): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  if (words !== "" && words.length <= longest) return words;
  const head = words.slice(0, longest - 9).replace(/-+$/, "");
  return `${head || "command"}-${hashText(name)}`;
}

export function hashText(text: string): string {
  return stableHash(text).toString(16).padStart(8, "0");
}
