import type { Metafile } from "esbuild";
import { importedBy, isSource, type Output } from "../bundle/bundle";
import type { Shared } from "../bundle/place";

/** What a module reads of the app when it runs. */
const readBy: Record<string, string[]> = {
  "framework/services/View.ts": ["app/views", "framework/services/mail/views"],
  "framework/services/database/migrations.ts": ["app/migrations", "framework/migrations"],
  "framework/make/stub.ts": ["framework/make/stubs"],
};

/**
 * build/sources/VERB.txt: what a verb is made of, a path from the root a line, so that laju.js need not look at all of
 * the app's files to know whether the compiled verb is what its sources say. index.txt is for whatever is no verb.
 */
export function verbSources(imports: Metafile["inputs"], { modules }: Shared): Output[] {
  const verbs = Object.keys(imports).filter((file) => /^commands\/native\/[A-Z]/.test(file));
  const always = [...importedBy("commands/index.ts", { inputs: imports }, new Set(verbs)), ...modules];
  const common = always.filter((file) => !verbs.includes(file));
  const listOf = (name: string, files: Iterable<string>): Output => {
    const sources = new Set([...common, ...files].filter(isSource));
    const folders = Object.entries(readBy).flatMap(([file, folder]) => (sources.has(file) ? folder : []));
    const text = `${[...sources, ...folders].sort().join("\n")}\n`;
    return { path: `sources/${name}.txt`, contents: Buffer.from(text) };
  };
  return [
    listOf("index", []),
    ...verbs.map((file) => listOf(nameOf(file), importedBy(file, { inputs: imports }))),
  ];
}

function nameOf(file: string): string {
  return file.slice("commands/native/".length, -".ts".length);
}
