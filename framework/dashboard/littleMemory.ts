import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's heap close to what is in use, for a process that runs all day. By default, the young generation grows to
 * 48 MB, and the old generation to twice its contents. With 500 commands, that took 60 MB more and rendered no page
 * faster.
 */
export function useLittleMemory(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=10");
}
