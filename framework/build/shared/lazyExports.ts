/** Matches the object that esbuild creates for a module's exports, with one getter per export. */
const exported = /var (\w+)=\{\};__export\(\1,\{([^{}]*)\}\);/g;

/**
 * Creates modules' export objects on demand (with `lajuGive` from runtime/shared.js). esbuild creates all of them at
 * start-up, which takes 1.5 ms for the shared bundle's sixty modules, although a start uses only two or three.
 * Replacements have the same length, because column numbers must still match the source map. Objects that the bundle's
 * own code uses stay as they are.
 */
export function withLazyExports(code: string): string {
  return code.replace(exported, (text, name: string, getters: string) =>
    usesOf(name, code) === 3 ? `var ${name}=()=>lajuGive({${getters}});`.padEnd(text.length) : text,
  );
}

/**
 * Like withLazyExports(), for a bundle whose modules are evaluated on demand. In such a bundle, `require` is the only
 * way to get a module's export object.
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
