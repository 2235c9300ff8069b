// The head of a bundle that is a program of its own. Before it stand `lajuSharedFile`, what it shares with the other
// compiled files, which whoever loads it has loaded, and `lajuColdFile`, its cold half.

// biome-ignore lint/correctness/noUnusedVariables: framework/config/require.ts, where it is in this bundle.
const lajuRequire = require;

const { lajuModule, lajuIsModule, lajuShared, lajuGive, lajuGiver } =
  globalThis[Symbol.for("laju.shared")][lajuSharedFile];

/** Each module that the other half asks for, by its path from the root. */
const lajuModules = Object.create(null);

/** A module of this program, of its cold half as well. */
const lajuOwn = lajuGiver(lajuModules, () => {
  const given = [lajuModules, lajuOwn, lajuShared, lajuModule, lajuIsModule, lajuGive];
  lajuLoad(`cli/${lajuColdFile}`, { given });
});
