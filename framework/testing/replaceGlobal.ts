type Name = "Date" | "fetch";
type Value<N extends Name> = (typeof globalThis)[N];

/** One replacement of a global. */
export interface Replacement<N extends Name> {
  /** What it replaced. */
  readonly before: Value<N>;
  /** From now on it only passes calls on: something else may hold a reference to it, such as a spy on top of it. */
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

/** Replacements below another one stay until that one ends. */
function removeEnded(name: Name): void {
  for (let top = made.get(globalThis[name]); top?.isOver; top = made.get(globalThis[name])) {
    made.delete(globalThis[name]);
    Object.assign(globalThis, { [name]: top.before });
  }
}
