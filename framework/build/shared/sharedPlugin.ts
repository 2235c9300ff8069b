import type { Plugin } from "esbuild";
import { coldModules, coldStub } from "./coldModules";
import { moduleName, modulePlugin } from "./modulePlugin";

/**
 * Takes modules of the shared bundle from there wherever they are imported: they are compiled once for all commands, and
 * a process has one state of each.
 */
export function sharedPlugin(root: string, modules: readonly string[]): Plugin {
  return modulePlugin("laju-shared", root, modules, (module) =>
    coldModules.includes(module)
      ? coldStub(root, module)
      : `module.exports = lajuShared(${JSON.stringify(moduleName(module))});`,
  );
}
