import type { Plugin } from "esbuild";

/** Resolves the root alias `app/services/X`, which would otherwise look like a package. */
export function appAlias(root: string): Plugin {
  return {
    name: "app-alias",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^app\// }, ({ path, kind }) => resolve(`./${path}`, { resolveDir: root, kind }));
    },
  };
}

/** Leaves packages outside the bundle: all of them, or those that `isExternal` names. */
export function externalPackages(isExternal: (name: string) => boolean): Plugin {
  return {
    name: "external-packages",
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
        kind !== "entry-point" && !path.startsWith("laju-") && isExternal(path)
          ? { path, external: true }
          : undefined,
      );
    },
  };
}

/** Whoever reads a schedule needs this one, and it is small: inside, it is a file less to find. */
export function staysOutside(name: string): boolean {
  return name !== "fastest-levenshtein";
}
