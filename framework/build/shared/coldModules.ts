import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { asFound } from "../bundle/lajuFiles";
import { moduleName, modulePlugin } from "./modulePlugin";

/**
 * Modules that handle problems, so a successful run never calls them. Together with modules that only they import, they
 * form the cold half of the shared bundle, which is loaded when one of them is first called.
 * test/framework/build/coldModules.test.ts fails if a normal successful run loads the cold half.
 */
export const coldModules = [
  "framework/cli/optionsHelp.ts",
  "framework/config/groups.ts",
  "framework/config/mailAddresses.ts",
  "framework/start/commandHelp.ts",
  "framework/files/access.ts",
  "framework/files/lockOwner.ts",
  "framework/runs/notices/afterRun.ts",
  "framework/runs/nesting/descendants.ts",
  "framework/runs/history/findRuns.ts",
  "framework/runs/ledger/ledgerFile.ts",
  "framework/runs/history/lockHolder.ts",
  "framework/runs/logs/rotateLogs.ts",
  "framework/runs/supervision/partOfRun.ts",
  "framework/runs/supervision/pause.ts",
  "framework/runs/supervision/refuseLoop.ts",
  "framework/runs/supervision/reportSkip.ts",
  "framework/runs/supervision/retry.ts",
  "framework/runs/history/runText.ts",
  "framework/runs/ledger/runRow.ts",
  "framework/runs/notices/startSender.ts",
  "framework/text/errorText.ts",
  "framework/services/log/prettyLine.ts",
  "framework/services/log/winstonLogger.ts",
];

const exportedFunction = /^export (?:async )?function\*? (\w+)/gm;

/** Replaces each cold module with a stub that loads the module when it is called. */
export function coldStubs(home: string): Plugin {
  return modulePlugin("laju-cold", home, asFound(coldModules, home), (module) => coldStub(home, module));
}

/**
 * The source of a stub: each exported function loads the real module and calls the function there. A stub has no other
 * exports, such as constants, so importing one from a hot module fails the build.
 */
export function coldStub(home: string, module: string): string {
  const source = readFileSync(join(home, module), "utf8");
  const stub = (name: string) =>
    `export function ${name}() { return lajuShared(${JSON.stringify(moduleName(module))}).${name}(...arguments); }`;
  return [...source.matchAll(exportedFunction)].map(([, name]) => stub(name as string)).join("\n");
}
