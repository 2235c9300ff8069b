// Stays TypeScript in the package, because vitest compiles only such files there, and makes this `import` its own.
export default (url: string): Promise<object> => import(/* @vite-ignore */ url);
