const exported = /var (\w+)=\{\};__export\(\1,\{([^{}]*)\}\);/g;

/**
 * esbuild makes an object of each module, with a getter for each export: for the shared bundle's sixty modules 1.5 ms of
 * a start, which asks for two or three. Here an object is made when it is asked for (`lajuGiver` of runtime/shared.js).
 * No column changes, for the source map tells places by them. A module whose object the bundle uses itself keeps it.
 */
export function withLazyExports(code: string): string {
  return code.replace(exported, (text, name: string, getters: string) => {
    const uses = code.split(new RegExp(`\\b${name}\\b`)).length - 1;
    return uses === 3 ? `var ${name}=()=>lajuGive({${getters}});`.padEnd(text.length) : text;
  });
}
