import { existsSync, mkdirSync, rmSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../config/config";
import { readText } from "../config/readText";
import { writeWhole } from "../files/writeWhole";
import { jobNames } from "./jobSources";

/** Begins with _: it is no handler. A .ts and no .d.ts, because errors in those are not reported (skipLibCheck). */
export const jobTypesFile = "app/jobs/_types.ts";

/** Writes the types of all jobs, so that `scheduleJob` and `push` are checked. The same names give the same text. */
export function writeJobTypes(names = jobNames()): void {
  const file = join(paths.root, jobTypesFile);
  const began = new Date();
  const before = existsSync(file) ? readText(file) : undefined;
  const text = names.length === 0 ? undefined : typesText(names);
  if (text === before) return;
  if (text === undefined) rmSync(file);
  else {
    mkdirSync(dirname(file), { recursive: true });
    writeWhole(file, text, { mode: "umask" });
    utimesSync(file, began, began);
  }
  // What the build writes itself shall not make the build look old.
  utimesSync(dirname(file), began, began);
}

function typesText(names: readonly string[]): string {
  const lines = names.map(
    (name) => `    ${propertyName(name)}: DataOf<typeof import(${JSON.stringify(`./${name}`)})>;`,
  );
  return `// Written by \`node laju make:job\` and \`node laju build\` from the files beside it. Keep it in version control: the
// type check needs it, also where nothing was built yet.
import type { DataOf } from "../queue/job";

declare module "../services/Queue" {
  interface JobTypes {
${lines.join("\n")}
  }
}
`;
}

function propertyName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}
