import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of the project that an app consists of. */
const parts = ["app", "commands", "framework", "laju.js", "tsconfig.json"];

const environment = `# The demonstration's own settings. The project's .env is not used here.
NODE_ENV=demo
DATABASE_URL=file:data/demo.sqlite3
MAIL_FROM_NAME=laju demonstration
MAIL_FROM_ADDRESS=demo@example.com
`;

/**
 * Creates an app in `folder` from the project's files, like a fresh clone. The demonstration never touches the
 * project's own database, logs, crontab or git status.
 */
export function makeDemoApp(project: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of parts) {
    if (existsSync(join(project, part))) cpSync(join(project, part), join(folder, part), { recursive: true });
  }
  const { name, exports, imports } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  const description = { name, private: true, type: "module", laju: {}, exports, imports };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
  writeFileSync(join(folder, ".env"), environment);
}
