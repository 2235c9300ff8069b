import type { Plugin } from "esbuild";

/** The bundle shared by all compiled files: laju's part of every run. */
export interface Shared {
  /** The bundle's name in build/shared, without extension: a hash of its content. */
  file: string;
  /** The modules in it, from laju's own folder. */
  modules: string[];
}

/** The folders of the app, laju and the build, and the files in build/vendor by package. */
export interface BuildFolder {
  root: string;
  /** laju's own folder: the package in node_modules or, in laju's repository, the root. */
  home: string;
  build: string;
  vendor: Record<string, string>;
}

/** The build's folders, and the shared bundle. */
export interface BuildContext extends BuildFolder {
  shared: Shared;
}

export interface BundleOptions extends BuildContext {
  format: "cjs" | "esm";
  plugins: Plugin[];
}
