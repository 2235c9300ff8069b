import { join } from "node:path";
import { type HandlerModule, importJobsWith } from "../../queue/handlers";
import { vitest } from "./vitest";

type Importer = (url: string) => Promise<HandlerModule>;

/**
 * Makes a tested worker load the files of app/jobs through vitest, like the test's own imports. Node's `import`, which
 * laju's compiled modules use, can't load TypeScript and ignores modules that a test has mocked.
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
