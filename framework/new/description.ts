/** What `new` was asked for and package.json keeps, so that `upgrade` knows what it wrote. */
export interface Origin {
  /** The version of laju whose template the app's files are. */
  template: string;
}

export interface AppDescription {
  name: string;
  private: true;
  type: "module";
  laju: Origin;
  engines: Record<string, string>;
  scripts: Record<string, string>;
  dependencies: { laju: string };
  devDependencies: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

export const databases = ["sqlite", "pg", "mysql"] as const;
export type DatabaseChoice = (typeof databases)[number];

/** What an app's package.json takes from laju's. */
export interface LajuDescription {
  version: string;
  engines: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

/** What an app is developed with. */
export const appPackages = ["@types/node", "typescript", "vitest"];

/** The package.json of a new app. `spec` says where npm finds laju. */
export function appDescription(name: string, spec: string, laju: LajuDescription): AppDescription {
  const { version, engines, devDependencies, allowScripts } = laju;
  return {
    name,
    private: true,
    type: "module",
    laju: { template: version },
    engines,
    scripts: { build: "node laju build", test: "vitest run", typecheck: "tsc --noEmit" },
    dependencies: { laju: spec },
    devDependencies: Object.fromEntries(appPackages.map((one) => [one, devDependencies[one] ?? "*"])),
    ...(allowScripts && { allowScripts }),
  };
}

/** What a new app's .env says. */
export function appSettings(name: string, database: DatabaseChoice): string {
  const user = name.replaceAll("-", "_");
  const lines: Record<DatabaseChoice, string> = {
    sqlite:
      "# The database: a SQLite file in data/, unless this says otherwise.\n#DATABASE_URL=file:data/app.sqlite3",
    pg: `DATABASE_URL=postgres://${user}:password@127.0.0.1:5432/${user}`,
    mysql: `DATABASE_URL=mysql://${user}:password@127.0.0.1:3306/${user}`,
  };
  return `# This machine's settings, which are not in version control. .env.example has them all.\n\n${lines[database]}\n`;
}

/** A package name for the folder: "My Shop" is my-shop. */
export function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|[._-]+$/g, "");
  // An app by laju's own name would find itself where it asks for laju.
  return name === "" || name === "laju" ? "laju-app" : name;
}
