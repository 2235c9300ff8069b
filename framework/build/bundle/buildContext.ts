import type { Plugin } from "esbuild";

/** The bundle shared by all compiled files: laju's part of every run. */
export interface Shared {
  /** The bundle's name in build/shared, without extension: a hash of its content. */
  file: string;
  /** The modules in it, from laju's own folder. */
  modules: string[];
}

/** The app, its build folder, and the files in build/vendor by the packages they contain. */
export interface BuildFolder {
  root: string;
  /** laju's own folder: the package in node_modules, or, in laju's repository, the root as well. */
  home: string;
  build: string;
  vendor: Record<string, string>;
}

/** The same, plus the contents of build/shared. */
export interface BuildContext extends BuildFolder {
  shared: Shared;
}

export interface BundleOptions extends BuildContext {
  format: "cjs" | "esm";
  plugins: Plugin[];
}
