import type { Plugin } from "esbuild";

/** What all compiled files share: laju's part of every run. */
export interface Shared {
  /** The bundle's name in build/shared, without ending: a hash of its content. */
  file: string;
  /** The modules in it, from laju's own folder. */
  modules: string[];
}

/** The app, its build folder, and what is in build/vendor: file names by the packages they hold. */
export interface BuildFolder {
  root: string;
  /** laju's own folder: the package in node_modules, or, in laju's repository, the root as well. */
  home: string;
  build: string;
  vendor: Record<string, string>;
}

/** The same, and what is in build/shared. */
export interface Place extends BuildFolder {
  shared: Shared;
}

export interface BundleOptions extends Place {
  format: "cjs" | "esm";
  plugins: Plugin[];
}
