// The head of a bundle that is a program of its own. Before it stands `lajuSharedFile`, what it shares with the
// other compiled files, which whoever loads it has loaded.

// biome-ignore lint/correctness/noUnusedVariables: app/services/require.ts, where it is in this bundle.
const lajuRequire = require;

// biome-ignore lint/correctness/noUnusedVariables: the bundle uses them.
const { lajuModule, lajuIsModule, lajuShared } = globalThis[Symbol.for("laju.shared")][lajuSharedFile];
