import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import type { BuildContext } from "../bundle/buildContext";
import { importedBy, isSource, type Output } from "../bundle/bundle";
import { asFound, isLajus, pathFromRoot } from "../bundle/lajuFiles";

/** What a module reads when it runs: laju's folders and the app's. */
const readBy: Record<string, { lajus: string[]; apps: string[] }> = {
  "framework/services/View.ts": { lajus: ["framework/services/mail/views"], apps: ["app/views"] },
  "framework/services/database/migrations.ts": { lajus: ["framework/migrations"], apps: ["app/migrations"] },
  "framework/make/stub.ts": { lajus: ["framework/make/stubs"], apps: [] },
  "framework/cli/completion/shellScript.ts": { lajus: ["framework/cli/completion"], apps: [] },
};

/**
 * build/sources/VERB.txt lists the files a verb was compiled from, one path from the root per line, so that
 * laju.js can tell whether the compiled verb is current without checking all of the app's files. index.txt is
 * used for any word that isn't a verb. A package's files don't change by themselves, so its package.json
 * identifies the package.
 */
export function verbSources(imports: Metafile["inputs"], place: BuildContext): Output[] {
  const [index = ""] = asFound(["commands/index.ts"], place.home);
  const verbs = Object.keys(imports).filter((file) => /^commands\/native\/[A-Z]/.test(file));
  const always = [...importedBy(index, { inputs: imports }, new Set(verbs)), ...place.shared.modules];
  const common = always.filter((file) => !verbs.includes(file));
  const listOf = (name: string, files: Iterable<string>): Output => {
    const modules = new Set([...common, ...files].filter(isLajus));
    const read = Object.entries(readBy).filter(([file]) =>
      modules.has(asFound([file], place.home)[0] ?? file),
    );
    const lajus = [...modules, ...read.flatMap(([, { lajus }]) => lajus)].map((file) =>
      pathFromRoot(file, place),
    );
    const sources = [...lajus.filter(isSource), ...read.flatMap(([, { apps }]) => apps)];
    return { path: `sources/${name}.txt`, contents: Buffer.from(`${sources.sort().join("\n")}\n`) };
  };
  return [
    ...(place.home === place.root ? [] : [descriptionOf(place)]),
    listOf("index", []),
    ...verbs.map((file) => listOf(nameOf(file), importedBy(file, { inputs: imports }))),
  ];
}

/** Of the package that this build is made with, for laju.js. */
function descriptionOf({ home }: BuildContext): Output {
  return { path: "sources/laju.json", contents: readFileSync(join(home, "package.json")) };
}

function nameOf(file: string): string {
  return file.slice("commands/native/".length, -".ts".length);
}
