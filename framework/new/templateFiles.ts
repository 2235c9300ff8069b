import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Files of an app by their paths, with {{ name }} where the app's name belongs. */
export type TemplateFiles = Map<string, string>;

const templateFolder = "framework/new/template";

/** The app's ways to laju's modules. The worked examples have some more. */
const doors = [
  "app/console/command.ts",
  "app/queue/job.ts",
  ...["CacheService", "DB", "Logger", "Mailer", "Queue", "QueueWorker", "Redis", "SQLite", "View"].map(
    (service) => `app/services/${service}.ts`,
  ),
];

/** What a new app consists of, beside package.json and .env. `home` is laju's own folder. */
export function templateFiles(home: string, { examples }: { examples: boolean }): TemplateFiles {
  const read = (file: string) => readFileSync(join(home, file), "utf8");
  const own = filesIn(home, templateFolder).map((file) => {
    const path = file.slice(templateFolder.length + 1);
    // npm would leave out a file of this name.
    return [path === "gitignore" ? ".gitignore" : path, read(file)] as const;
  });
  const files = examples ? [...doors, ...exampleFiles(home)] : doors;
  const settings = read(".env.example");
  return new Map<string, string>([
    ...own,
    [".env.example", examples ? settings : withoutExamples(settings)],
    ...[...new Set(files)].map((file) => [file, read(file)] as const),
  ]);
}

/** A text of the template with the app's name in it. */
export function filled(text: string, name: string): string {
  return text.replaceAll("{{ name }}", name);
}

/** The worked examples, which in laju's own repository are its app. */
function exampleFiles(home: string): string[] {
  return [...filesIn(home, "app"), ...filesIn(home, "commands")].filter(
    (file) => !/^commands\/(native\/|index\.)|^app\/jobs\//.test(file),
  );
}

/** The last section of .env.example is the examples' own. */
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
