import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The files of an app by path, with {{ name }} in place of the app's name. */
export type TemplateFiles = Map<string, string>;

const templateFolder = "framework/new/template";

/** The files in app/ that re-export laju's modules. With the examples, an app has a few more of them. */
const reexports = [
  "app/console/command.ts",
  "app/queue/job.ts",
  ...["CacheService", "DB", "Logger", "Mailer", "Queue", "QueueWorker", "Redis", "SQLite", "View"].map(
    (service) => `app/services/${service}.ts`,
  ),
];

/** The files of a new app, except package.json and .env. `home` is laju's own folder. */
export function templateFiles(home: string, { examples }: { examples: boolean }): TemplateFiles {
  const read = (file: string) => readFileSync(join(home, file), "utf8");
  const own = filesIn(home, templateFolder).map((file) => {
    const path = file.slice(templateFolder.length + 1);
    // npm would leave a file named .gitignore out of the package, so the template has another name for it.
    return [path === "gitignore" ? ".gitignore" : path, read(file)] as const;
  });
  const files = examples ? [...reexports, ...exampleFiles(home)] : reexports;
  const settings = read(".env.example");
  return new Map<string, string>([
    ...own,
    [".env.example", examples ? settings : withoutExamples(settings)],
    ...[...new Set(files)].map((file) => [file, read(file)] as const),
  ]);
}

/** A template's text, with the placeholder replaced by the app's name. */
export function filled(text: string, name: string): string {
  return text.replaceAll("{{ name }}", name);
}

/** The examples, which are the app in laju's own repository. */
function exampleFiles(home: string): string[] {
  return [...filesIn(home, "app"), ...filesIn(home, "commands")].filter(
    (file) => !/^commands\/(native\/|index\.)|^app\/jobs\//.test(file),
  );
}

/** Removes the last section of .env.example, whose settings only the examples use. */
function withoutExamples(settings: string): string {
  return settings.replace(/\n# --- The app's own settings [\s\S]*$/, "");
}

function filesIn(home: string, folder: string): string[] {
  if (!existsSync(join(home, folder))) return [];
  return readdirSync(join(home, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1))
    .sort();
}
