import type { Plugin } from "esbuild";
import { coldModules, coldStub } from "./coldModules";
import { moduleName, modulePlugin } from "./modulePlugin";

/**
 * Makes whoever imports a module of the shared bundle take it from there: it is compiled once for all commands,
 * and its state is one for the process.
 */
export function sharedPlugin(root: string, modules: readonly string[]): Plugin {
  return modulePlugin("laju-shared", root, modules, (module) =>
    coldModules.includes(module)
      ? coldStub(root, module)
      : `module.exports = lajuShared(${JSON.stringify(moduleName(module))});`,
  );
}
