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
 * build/sources/VERB.txt: what a verb is made of, a path from the root a line, so that laju.js need not look at all of
 * the app's files to know whether the compiled verb is what its sources say. index.txt is for whatever is no verb. A
 * package's files don't change by themselves: whether it is the same package is told by its package.json.
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
