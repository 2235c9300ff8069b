// The first lines of a bundle that is a program. The code before them defines `lajuSharedFile`, the name of the shared
// bundle, which is already loaded, and `lajuColdFile`, the name of this bundle's cold half.

// biome-ignore lint/correctness/noUnusedVariables: used by framework/config/require.ts if it is in this bundle.
const lajuRequire = require;

const { lajuModule, lajuIsModule, lajuShared, lajuGive, lajuGiver } =
  globalThis[Symbol.for("laju.shared")][lajuSharedFile];

/** The modules of this program, by path relative to the root. The hot half and the cold half add them. */
const lajuModules = Object.create(null);

/** Returns a module of this program, from its hot or its cold half. */
const lajuOwn = lajuGiver(lajuModules, () => {
  const given = [lajuModules, lajuOwn, lajuShared, lajuModule, lajuIsModule, lajuGive];
  lajuLoad(`cli/${lajuColdFile}`, { given });
});
