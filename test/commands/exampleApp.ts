import { seed } from "../../scripts/demo/seed";
import { type AppInProcess, appInProcess, morning } from "../support/apps/appInProcess";

/** The shipped examples' environment: the app's tables, filled with the demonstration's data, in a real database. */
export interface ExampleApp extends AppInProcess {
  /** Empties and refills the tables, with dates relative to `morning`. */
  seed(): Promise<unknown>;
}

/** Creates the app. Import commands and services only afterwards, because they read environment variables that this sets. */
export async function exampleApp(variables: Record<string, string> = {}): Promise<ExampleApp> {
  const app = await appInProcess(variables);
  await app.DB.migrate.latest();
  await seed(app.DB, morning.getTime());
  return { ...app, seed: () => seed(app.DB, morning.getTime()) };
}
