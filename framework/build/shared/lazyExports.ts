/** esbuild's object of a module's exports, with a getter for each. */
const exported = /var (\w+)=\{\};__export\(\1,\{([^{}]*)\}\);/g;

/**
 * Creates module objects on demand (`lajuGive` in runtime/shared.js). esbuild creates an object with a getter per export
 * for every module, which takes 1.5 ms per start for the shared bundle's sixty modules, of which a start uses two or
 * three. Column numbers stay the same, because the source map depends on them. Objects that the bundle itself uses are kept.
 */
export function withLazyExports(code: string): string {
  return code.replace(exported, (text, name: string, getters: string) =>
    usesOf(name, code) === 3 ? `var ${name}=()=>lajuGive({${getters}});`.padEnd(text.length) : text,
  );
}

/**
 * Like withLazyExports(), for a bundle whose modules are evaluated on demand: there, only `require` returns module
 * objects.
 */
export function withLazyRequires(code: string): string {
  const lazy = new Set<string>();
  const declared = code.replace(exported, (text, name: string, getters: string) => {
    if (usesOf(name, code) !== code.split(`__toCommonJS(${name})`).length + 1) return text;
    lazy.add(name);
    return `var ${name}=()=>({${getters}});`.padEnd(text.length);
  });
  return declared.replace(/\b__toCommonJS\((\w+)\)/g, (text, name: string) =>
    lazy.has(name) ? `lajuGive(${name}())`.padEnd(text.length) : text,
  );
}

function usesOf(name: string, code: string): number {
  return code.split(new RegExp(`\\b${name}\\b`)).length - 1;
}
