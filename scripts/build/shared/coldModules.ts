import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { modulePlugin } from "./modulePlugin";

/**
 * What a run that simply succeeds never calls. These modules, and what only they import, make up the cold half of the
 * shared bundle, which is loaded at the first call into it: half of laju's part of a run is about what goes wrong.
 * test/build/coldModules.test.ts fails when a plain success needs it.
 */
export const coldModules = [
  "app/config/groups.ts",
  "app/config/mailAddresses.ts",
  "app/console/optionsHelp.ts",
  "app/files/access.ts",
  "app/files/lockOwner.ts",
  "app/runs/beginNotices.ts",
  "app/runs/descendants.ts",
  "app/runs/freeLedger.ts",
  "app/runs/ledger.ts",
  "app/runs/ledgerFile.ts",
  "app/runs/lockHolder.ts",
  "app/runs/notices.ts",
  "app/runs/partOfRun.ts",
  "app/runs/refuseLoop.ts",
  "app/runs/reportSkip.ts",
  "app/runs/retry.ts",
  "app/runs/runNote.ts",
  "app/runs/runRow.ts",
  "app/runs/startSender.ts",
  "app/services/errorText.ts",
  "app/services/prettyLine.ts",
  "app/services/winstonLogger.ts",
];

const exportedFunction = /^export (?:async )?function\*? (\w+)/gm;

/** Gives whoever imports a cold module what loads it when it is called. */
export function coldStubs(root: string): Plugin {
  return modulePlugin("laju-cold", root, coldModules, (module) => coldStub(root, module));
}

/**
 * Functions that load their module when they are called. Anything else that it exports, such as a constant, would have
 * to be there before: importing that is an error of the build.
 */
export function coldStub(root: string, module: string): string {
  const source = readFileSync(join(root, module), "utf8");
  const stub = (name: string) =>
    `export function ${name}() { return lajuShared(${JSON.stringify(module)}).${name}(...arguments); }`;
  return [...source.matchAll(exportedFunction)].map(([, name]) => stub(name as string)).join("\n");
}
