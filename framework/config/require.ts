/**
 * `require`, for packages and built-in modules that are loaded on demand. Built code uses the compiled file's own
 * `require`, because creating another one would load node:module, which costs 2 ms per start.
 */
export const require: NodeJS.Require =
  typeof LAJU_BUILT === "undefined"
    ? process.getBuiltinModule("node:module").createRequire(import.meta.url)
    : lajuRequire;
