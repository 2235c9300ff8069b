import { join } from "node:path";
import { migrationFolders, migrationSource } from "../../../framework/services/database/migrations";
import { fillBlog } from "../../fixtures/blog/fillBlog";
import { type AppInProcess, appInProcess, morning } from "./appInProcess";

const blogMigrations = join(import.meta.dirname, "../../fixtures/blog/migrations");

/** An app in this process, whose database contains the blog that only tests use. */
export async function blogApp(variables: Record<string, string> = {}): Promise<AppInProcess> {
  const app = await appInProcess(variables);
  await app.DB.migrate.latest({ migrationSource: migrationSource([migrationFolders[0], blogMigrations]) });
  await fillBlog(app.DB, morning.getTime());
  return app;
}
