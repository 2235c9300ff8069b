const exported = /var (\w+)=\{\};__export\(\1,\{([^{}]*)\}\);/g;

/**
 * Creates module objects on demand (`lajuGive` in runtime/shared.js). esbuild creates an object with a getter per export
 * for every module, which takes 1.5 ms per start for the shared bundle's sixty modules, of which a start uses two or
 * three. Column numbers stay the same, because the source map depends on them. Objects used by the bundle itself stay.
 */
export function withLazyExports(code: string): string {
  return code.replace(exported, (text, name: string, getters: string) => {
    const uses = code.split(new RegExp(`\\b${name}\\b`)).length - 1;
    return uses === 3 ? `var ${name}=()=>lajuGive({${getters}});`.padEnd(text.length) : text;
  });
}
