/** The handlers that the build bundled into a compiled command. */
declare module "laju-jobs:" {
  export const modules: Record<string, () => Promise<import("./handlers").HandlerModule>>;
}
