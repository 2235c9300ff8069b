/**
 * `require`, for packages and built-in modules that are loaded only when they are needed. In a build it is the
 * compiled file's own: making another would load all of node:module, 2 ms at each start.
 */
export const require: NodeJS.Require =
  typeof LAJU_BUILT === "undefined"
    ? process.getBuiltinModule("node:module").createRequire(import.meta.url)
    : lajuRequire;
