import { join } from "node:path";
import { type HandlerModule, importJobsWith } from "../../queue/handlers";
import { vitest } from "./vitest";

type Importer = (url: string) => Promise<HandlerModule>;

/**
 * Lets a tested worker load app/jobs as vitest loads the test's own imports. Node's `import`, which laju's compiled
 * modules use, can't load them: they are TypeScript, and tests may have mocked what they import.
 */
export function importJobsByRunner(): void {
  const runner = vitest();
  if (runner === undefined) return;
  let importer: Promise<{ default: Importer }> | undefined;
  importJobsWith(async (url) => {
    importer ??= runner.vi.importActual(join(import.meta.dirname, "importer.mts"));
    return (await importer).default(url);
  });
}
