import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AppDescription, appDescription, type LajuDescription } from "./description";
import { templateFiles } from "./templateFiles";

/**
 * The files that one version's `new` writes. `upgrade` compares them with an app's files and with a later version's, as
 * in a three-way merge.
 */
export interface Template {
  /** File contents by path, with {{ name }} in place of the app's name. */
  files: Record<string, string>;
  description: AppDescription;
}

const folder = "framework/new/earlier";

/** The template of this version. It doesn't include the examples, because `upgrade` must not change them. */
export function currentTemplate(home: string): Template {
  const laju: LajuDescription = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const files = [...templateFiles(home, { examples: false })].sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return { files: Object.fromEntries(files), description: appDescription("{{ name }}", "{{ laju }}", laju) };
}

/** The template of an earlier version; undefined if this laju doesn't include it. */
export function earlierTemplate(home: string, version: string): Template | undefined {
  const file = join(home, folder, `${version}.json`);
  return /^[\w.+-]+$/.test(version) && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** The file in which this version's template is kept for later releases. `npm run pack` writes it. */
export function baseFile(home: string): { path: string; text: string } {
  const template = currentTemplate(home);
  const path = join(folder, `${template.description.laju.template}.json`);
  return { path, text: `${JSON.stringify(template, null, 2)}\n` };
}

export function knownVersions(home: string): string[] {
  if (!existsSync(join(home, folder))) return [];
  return readdirSync(join(home, folder)).map((file) => file.replace(/\.json$/, ""));
}
