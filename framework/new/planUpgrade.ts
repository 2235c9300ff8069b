import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LajuError } from "../config/errors";
import { currentTemplate, earlierTemplate, knownVersions } from "./bases";
import { mergedDescription } from "./mergeDescription";
import { conflict, mergeText } from "./mergeText";
import { filled } from "./templateFiles";

/** How one file of the app changes. */
export interface Change {
  path: string;
  kind: "add" | "replace" | "merge" | "conflict" | "delete";
  /** The file's new text; undefined if the file is deleted. */
  text: string | undefined;
}

export interface UpgradePlan {
  from: string;
  to: string;
  changes: Change[];
  /** One sentence for each change in the template that is not applied, because the user has changed the same part. */
  notes: string[];
}

/**
 * Compares an app's files with the template that they were created from, and with the template of the installed laju.
 * Throws a LajuError if package.json doesn't say which template that was, or if conflicts from the last upgrade remain.
 */
export function planUpgrade(root: string, home: string): UpgradePlan {
  const description = readFileSync(join(root, "package.json"), "utf8");
  const { name = "", laju } = JSON.parse(description);
  const to = currentTemplate(home);
  const version = to.description.laju.template;
  const template: unknown = laju?.template;
  const from = template === version ? to : earlierTemplate(home, String(template));
  if (from === undefined) throw unknownOrigin(template, version, home);
  const paths = [...new Set([...Object.keys(from.files), ...Object.keys(to.files)])];
  refuseConflicts(root, paths);
  const own = mergedDescription(description, from.description, to.description);
  const changes: Change[] = [];
  const notes = [...own.notes];
  for (const path of paths) {
    const texts = { base: from.files[path], next: to.files[path] };
    const found = changeOf(path, {
      base: texts.base === undefined ? undefined : filled(texts.base, name),
      next: texts.next === undefined ? undefined : filled(texts.next, name),
      own: readOrNone(join(root, path)),
      labels: [from.description.laju.template, version],
    });
    if (typeof found === "string") notes.push(found);
    else if (found !== undefined) changes.push(found);
  }
  // Put package.json last, because it records the version. After an interruption, it still has the old one, so the
  // upgrade can be repeated.
  if (own.text !== description) changes.push({ path: "package.json", kind: "merge", text: own.text });
  return { from: from.description.laju.template, to: version, changes, notes };
}

/**
 * Throws if a file still contains conflict markers, because the next upgrade would treat them as the user's own text.
 */
function refuseConflicts(root: string, paths: readonly string[]): void {
  const marked = paths.filter((path) => conflict.test(readOrNone(join(root, path)) ?? ""));
  if (marked.length === 0) return;
  throw new LajuError(`${marked.join(", ")}: the last upgrade's conflicts are not resolved yet`, {
    code: "E_CONFLICT",
    hint: "Search for <<<<<<<, keep the right parts of both versions, delete the markers, and commit.",
  });
}

interface Versions {
  base: string | undefined;
  next: string | undefined;
  own: string | undefined;
  labels: [from: string, to: string];
}

/** How a file changes, or a sentence for the user if it is left unchanged; undefined if there is nothing to do. */
function changeOf(path: string, { base, next, own, labels }: Versions): Change | string | undefined {
  if (base === next || own === next) return undefined;
  if (next === undefined) {
    if (own === base) return { path, kind: "delete", text: undefined };
    return `${path} is no longer part of the template of laju ${labels[1]}. You have changed it, so it is kept`;
  }
  if (own === undefined) {
    if (base === undefined) return { path, kind: "add", text: next };
    return `${path} has changed in the template of laju ${labels[1]}. You have deleted it, so it is not restored`;
  }
  if (own === base) return { path, kind: "replace", text: next };
  const { text, hasConflict } = mergeText({ own, base: base ?? "", next }, labels);
  return { path, kind: hasConflict ? "conflict" : "merge", text };
}

function unknownOrigin(template: unknown, version: string, home: string): LajuError {
  const known = [...new Set([...knownVersions(home), version])].join(", ");
  if (typeof template !== "string" || !/^\d+\.\d+\.\d/.test(template)) {
    const given =
      template === undefined ? '"laju" has no "template"' : `"template" is ${JSON.stringify(template)}`;
    return new LajuError(`package.json doesn't say which version of laju wrote the app's files: ${given}`, {
      code: "E_TEMPLATE",
      hint: `Set it there, for example "laju": { "template": "${version}" }. Known versions: ${known}.`,
    });
  }
  return new LajuError(
    `the app's files were written by laju ${template}, whose template laju ${version} doesn't have`,
    {
      code: "E_TEMPLATE",
      hint: `Install a laju that has that template. This one has: ${known}.`,
    },
  );
}

function readOrNone(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
