type Name = "Date" | "fetch";
type Value<N extends Name> = (typeof globalThis)[N];

/** One replacement of a global. */
export interface Replacement<N extends Name> {
  /** The value that was replaced. */
  readonly before: Value<N>;
  /**
   * Whether `end` was called. The replacement then only passes calls on, because something else may still refer to it,
   * such as a spy that wraps it.
   */
  isOver: boolean;
  end(): void;
}

const made = new Map<unknown, Replacement<Name>>();

/** Replaces a global until `end` is called. Replacements may overlap and end in any order. */
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
 * Removes ended replacements from the top. An ended replacement below one that is still active stays until that one
 * ends.
 */
function removeEnded(name: Name): void {
  for (let top = made.get(globalThis[name]); top?.isOver; top = made.get(globalThis[name])) {
    made.delete(globalThis[name]);
    Object.assign(globalThis, { [name]: top.before });
  }
}
