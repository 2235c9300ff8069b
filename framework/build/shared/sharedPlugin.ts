import type { Plugin } from "esbuild";
import { asFound } from "../bundle/lajuFiles";
import { coldModules, coldStub } from "./coldModules";
import { moduleName, modulePlugin } from "./modulePlugin";

/**
 * Resolves imports of shared modules to the shared bundle, so that they are compiled once for all commands, and a process
 * has a single instance of each.
 */
export function sharedPlugin(home: string, modules: readonly string[]): Plugin {
  const cold = asFound(coldModules, home);
  return modulePlugin("laju-shared", home, modules, (module) =>
    cold.includes(module)
      ? coldStub(home, module)
      : `module.exports = lajuShared(${JSON.stringify(moduleName(module))});`,
  );
}
