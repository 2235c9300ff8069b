/** The part of package.json that `new` writes for `upgrade`: the version of the template and the options. */
export interface Origin {
  /** The version of laju from whose template the app was created or last upgraded. */
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

/** The fields that an app's package.json copies from laju's. */
export interface LajuDescription {
  version: string;
  engines: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

/**
 * The packages for developing an app. vite is listed only to fix its version, although vitest installs it: 8.4 has an
 * optional dependency that some registries don't have, and then `npm ci` rejects the lock file that `npm install` wrote
 * (https://github.com/npm/cli/issues/9846).
 */
export const appPackages = ["@types/node", "typescript", "vite", "vitest"];

/** The package.json of a new app. `spec` is the version or path by which it depends on laju. */
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

/** The text of a new app's .env. */
export function appSettings(name: string, database: DatabaseChoice): string {
  const user = name.replaceAll("-", "_");
  const lines: Record<DatabaseChoice, string> = {
    sqlite: "# The database (default: an SQLite file in data/).\n#DATABASE_URL=file:data/app.sqlite3",
    pg: `DATABASE_URL=postgres://${user}:password@127.0.0.1:5432/${user}`,
    mysql: `DATABASE_URL=mysql://${user}:password@127.0.0.1:3306/${user}`,
  };
  return `# This machine's settings, not under version control. .env.example lists all of them.\n\n${lines[database]}\n`;
}

/** A name for the app's package, from the name of its folder: my-shop for "My Shop". */
export function packageName(folder: string): string {
  const name = folder
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|[._-]+$/g, "");
  // Use another name than laju: in an app named laju, imports of laju would resolve to the app itself.
  return name === "" || name === "laju" ? "laju-app" : name;
}
