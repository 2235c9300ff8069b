import type { Plugin } from "esbuild";

/** The shared bundle, which contains the part of laju that every run needs. */
export interface Shared {
  /** The bundle's name in build/shared, without extension: a hash of its content. */
  file: string;
  /** The modules in the bundle, by path relative to laju's own folder. */
  modules: string[];
}

/**
 * Where a build reads and writes: the folders of the app, laju and the build, and the bundled packages in build/vendor.
 */
export interface BuildFolder {
  root: string;
  /** laju's own folder: the package in node_modules or, in laju's repository, the root. */
  home: string;
  build: string;
  vendor: Record<string, string>;
}

/** Everything that bundling the app's code needs: the build's folders, and the shared bundle. */
export interface BuildContext extends BuildFolder {
  shared: Shared;
}

export interface BundleOptions extends BuildContext {
  format: "cjs" | "esm";
  plugins: Plugin[];
}
