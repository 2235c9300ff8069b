// Stays TypeScript in the published package, because vitest transforms only TypeScript there, and then replaces this
// `import` with its own.
export default (url: string): Promise<object> => import(/* @vite-ignore */ url);
