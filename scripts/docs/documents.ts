import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jobFields, metadataFields } from "./parts/fields";
import { settingTables } from "./parts/settings";
import { verbPages } from "./parts/verbs";

/** A page with generated parts: its current text, and its text after generating these parts again. */
export interface GeneratedDocument {
  path: string;
  current: string;
  text: string;
}

/**
 * The functions that generate the text between `<!-- generated: NAME -->` and `<!-- end of NAME -->`, by page and name.
 */
const generated: Record<string, Record<string, (project: string) => string | Promise<string>>> = {
  "docs/reference/verbs.md": { verbs: verbPages },
  "docs/reference/settings.md": { settings: settingTables },
  "docs/reference/commands.md": { metadata: metadataFields },
  "docs/reference/job-options.md": {
    handler: jobFields("framework/queue/job.ts", ["JobOptions"]),
    push: jobFields(
      "framework/queue/newJob.ts",
      ["PushOptions"],
      ["framework/queue/job.ts", "JobPushOptions"],
    ),
    schedule: jobFields("framework/queue/jobConfig.ts", ["JobFields"]),
  },
};

/** All pages with generated parts. */
export function documents(project: string): Promise<GeneratedDocument[]> {
  return Promise.all(
    Object.entries(generated).map(async ([path, parts]) => {
      const current = readFileSync(join(project, path), "utf8");
      let text = current;
      for (const [name, write] of Object.entries(parts))
        text = replacePart(text, name, await write(project), path);
      return { path, current, text };
    }),
  );
}

function replacePart(text: string, name: string, part: string, path: string): string {
  const [begin, end] = [`<!-- generated: ${name} -->\n`, `<!-- end of ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${path} has no part between ${begin.trim()} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n${part.trim()}\n\n${text.slice(to)}`;
}
