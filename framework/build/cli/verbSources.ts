import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import type { BuildContext } from "../bundle/buildContext";
import { importedBy, isSource, type Output } from "../bundle/bundle";
import { asFound, isLajus, pathFromRoot } from "../bundle/lajuFiles";

/** Folders with files that a module reads at run time, so that they count as its sources. */
const readBy: Record<string, { lajus: string[]; apps: string[] }> = {
  "framework/services/View.ts": { lajus: ["framework/services/mail/views"], apps: ["app/views"] },
  "framework/services/database/migrations.ts": { lajus: ["framework/migrations"], apps: ["app/migrations"] },
  "framework/make/stub.ts": { lajus: ["framework/make/stubs"], apps: [] },
  "framework/cli/completion/shellScript.ts": { lajus: ["framework/cli/completion"], apps: [] },
};

/**
 * Writes build/sources/VERB.txt: the files from which a verb was compiled, one path relative to the root per line. With
 * this list, laju.js can tell whether the compiled verb is up to date without checking all of the app's files.
 * index.txt is used for words that aren't verbs. Packages are listed only by package.json, because their other files
 * don't change.
 */
export function verbSources(imports: Metafile["inputs"], context: BuildContext): Output[] {
  const [index = ""] = asFound(["commands/index.ts"], context.home);
  const verbs = Object.keys(imports).filter((file) => /^commands\/native\/[A-Z]/.test(file));
  const always = [...importedBy(index, { inputs: imports }, new Set(verbs)), ...context.shared.modules];
  const common = always.filter((file) => !verbs.includes(file));
  const listOf = (name: string, files: Iterable<string>): Output => {
    const modules = new Set([...common, ...files].filter(isLajus));
    const read = Object.entries(readBy).filter(([file]) =>
      modules.has(asFound([file], context.home)[0] ?? file),
    );
    const lajus = [...modules, ...read.flatMap(([, { lajus }]) => lajus)].map((file) =>
      pathFromRoot(file, context),
    );
    const sources = [...lajus.filter(isSource), ...read.flatMap(([, { apps }]) => apps)];
    return { path: `sources/${name}.txt`, contents: Buffer.from(`${sources.sort().join("\n")}\n`) };
  };
  return [
    ...(context.home === context.root ? [] : [descriptionOf(context)]),
    listOf("index", []),
    ...verbs.map((file) => listOf(nameOf(file), importedBy(file, { inputs: imports }))),
  ];
}

/** A copy of the package.json of the laju that made this build, which laju.js compares with the installed one. */
function descriptionOf({ home }: BuildContext): Output {
  return { path: "sources/laju.json", contents: readFileSync(join(home, "package.json")) };
}

function nameOf(file: string): string {
  return file.slice("commands/native/".length, -".ts".length);
}
