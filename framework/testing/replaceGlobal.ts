type Name = "Date" | "fetch";
type Value<N extends Name> = (typeof globalThis)[N];

/** A replacement of a global, such as fetch. */
export interface Replacement<N extends Name> {
  /** The value that the global had before. */
  readonly before: Value<N>;
  /**
   * Whether `end` was called. An ended replacement may still be in use, for example by a spy that wraps it. It then
   * only passes calls on to what it replaced.
   */
  isOver: boolean;
  end(): void;
}

const made = new Map<unknown, Replacement<Name>>();

/** Replaces a global until `end` is called. Several replacements of a global may overlap, and end in any order. */
export function replaceGlobal<N extends Name>(
  name: N,
  make: (replacement: Replacement<N>) => Value<N>,
): Replacement<N> {
  const replacement: Replacement<N> = {
    before: globalThis[name],
    isOver: false,
    end() {
      replacement.isOver = true;
      removeEnded(name);
    },
  };
  const value = make(replacement);
  made.set(value, replacement as Replacement<Name>);
  globalThis[name] = value;
  return replacement;
}

/**
 * Undoes ended replacements, newest first. Stops at one that is still active, because it passes calls on to those below
 * it.
 */
function removeEnded(name: Name): void {
  for (let top = made.get(globalThis[name]); top?.isOver; top = made.get(globalThis[name])) {
    made.delete(globalThis[name]);
    Object.assign(globalThis, { [name]: top.before });
  }
}
