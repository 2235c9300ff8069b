import { seed } from "../../scripts/demo/seed";
import { type AppInProcess, appInProcess, morning } from "../support/apps/appInProcess";

/** The shipped examples' surroundings: the app's tables with the demonstration's data in a real database. */
export interface ExampleApp extends AppInProcess {
  /** Empties and refills the tables, dated back from `morning`. */
  seed(): Promise<unknown>;
}

/** Makes the app. Import commands and services after it: they read its variables. */
export async function exampleApp(variables: Record<string, string> = {}): Promise<ExampleApp> {
  const app = await appInProcess(variables);
  await app.DB.migrate.latest();
  await seed(app.DB, morning.getTime());
  return { ...app, seed: () => seed(app.DB, morning.getTime()) };
}
