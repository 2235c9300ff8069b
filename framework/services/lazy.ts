/**
 * An object that is made at its first touch, so that importing a service costs nothing. It behaves as the
 * real one in every way but identity. Give `target` a function when the real one is called: DB("users").
 */
export function lazy<T extends object>(make: () => T, target: object = {}): T {
  let made: T | undefined;
  const real = (): T => {
    made ??= make();
    return made;
  };
  // An object that inherits from the proxy (winston's child loggers do) stays its own receiver.
  const receiver = (asked: unknown) => (asked === proxy ? real() : asked);

  const proxy: T = new Proxy(target, {
    get: (_target, key, asked) => Reflect.get(real(), key, receiver(asked)),
    set: (_target, key, value, asked) => Reflect.set(real(), key, value, receiver(asked)),
    has: (_target, key) => Reflect.has(real(), key),
    apply: (_target, self, args) => Reflect.apply(real() as () => unknown, self, args),
    ownKeys: () => Reflect.ownKeys(real()),
    deleteProperty: (_target, key) => Reflect.deleteProperty(real(), key),
    defineProperty: (_target, key, descriptor) => Reflect.defineProperty(real(), key, descriptor),
    getPrototypeOf: () => Reflect.getPrototypeOf(real()),
    getOwnPropertyDescriptor(_target, key) {
      const descriptor = Reflect.getOwnPropertyDescriptor(real(), key);
      // A proxy may only report what its target lacks as configurable.
      return descriptor && { ...descriptor, configurable: true };
    },
  }) as T;
  return proxy;
}
