/**
 * A proxy for an object that is created on first use, so that importing a service costs nothing. It behaves like the
 * real object, but is not identical to it. If the real object is callable, as in DB("users"), pass a function as
 * `target`.
 */
export function lazy<T extends object>(make: () => T, target: object = {}): T {
  let made: T | undefined;
  const real = (): T => {
    made ??= make();
    return made;
  };
  // An object that inherits from the proxy, such as a winston child logger, must stay the receiver.
  const receiverFor = (receiver: unknown) => (receiver === proxy ? real() : receiver);

  const proxy: T = new Proxy(target, {
    get: (_target, key, receiver) => Reflect.get(real(), key, receiverFor(receiver)),
    set: (_target, key, value, receiver) => Reflect.set(real(), key, value, receiverFor(receiver)),
    has: (_target, key) => Reflect.has(real(), key),
    apply: (_target, self, args) => Reflect.apply(real() as () => unknown, self, args),
    ownKeys: () => Reflect.ownKeys(real()),
    deleteProperty: (_target, key) => Reflect.deleteProperty(real(), key),
    defineProperty: (_target, key, descriptor) => Reflect.defineProperty(real(), key, descriptor),
    getPrototypeOf: () => Reflect.getPrototypeOf(real()),
    getOwnPropertyDescriptor(_target, key) {
      const descriptor = Reflect.getOwnPropertyDescriptor(real(), key);
      // A proxy must report a property as configurable if its target lacks it.
      return descriptor && { ...descriptor, configurable: true };
    },
  }) as T;
  return proxy;
}
