import nodeCrypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** Functions of `node:crypto` that draw random numbers. */
const drawing = ['randomBytes', 'randomFillSync', 'randomInt', 'randomUUID'] as const;

/** What the work under way has read from outside its arguments; undefined between two works. */
let used: Set<string> | undefined;
let isCryptoWatched = false;

/**
 * Does the work. Where it reads a clock or draws a random number by what JavaScript and Node provide for that, the error is
 * thrown that `toError` makes of their names, whatever the work yields or throws.
 */
export function withoutAmbient<Result>(
  work: () => Result,
  toError: (used: readonly string[]) => Error,
): Result {
  const outer = used;
  const own = new Set<string>();
  used = own;
  watchCrypto();
  const restore = watchGlobals();
  try {
    const result = work();
    if (own.size > 0) throw toError([...own]);
    return result;
  } catch (error) {
    throw own.size > 0 ? toError([...own]) : error;
  } finally {
    restore();
    used = outer;
  }
}

/** Watches the globals until the function that it returns is called: tests may put others in their place between works. */
function watchGlobals(): () => void {
  const undo = [
    replaceMember(globalThis, 'Date', watchedDate),
    replaceMember(Math, 'random', (random) => watchedFunction(random, 'Math.random()')),
    replaceMember(performance, 'now', (now) => watchedFunction(now, 'performance.now()')),
    replaceMember(process, 'hrtime', (hrtime) => watchedFunction(hrtime, 'process.hrtime()')),
    ...(['getRandomValues', 'randomUUID'] as const).map((name) =>
      replaceMember(globalThis.crypto, name, (draw) => watchedFunction(draw, `crypto.${name}()`)),
    ),
  ];
  return () => {
    for (const restore of undo) restore();
  };
}

/** Modules bind the functions of `node:crypto` when they load, so these are watched from the first work on. */
function watchCrypto(): void {
  if (isCryptoWatched) return;
  isCryptoWatched = true;
  for (const name of drawing)
    replaceMember(nodeCrypto, name, (draw) => watchedFunction(draw, `crypto.${name}()`));
  syncBuiltinESMExports();
}

/** Puts another value in the place of a member, and returns what takes it back. */
function replaceMember(owner: object, name: string, replace: (present: object) => object): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const present: unknown = Reflect.get(owner, name);
  if (typeof present !== 'function') return () => undefined;
  Object.defineProperty(owner, name, {
    value: replace(present),
    configurable: true,
    writable: true,
    enumerable: own?.enumerable ?? false,
  });
  return () => {
    if (own === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, own);
  };
}

/** The function, which notes its calls under this name. */
function watchedFunction(present: object, name: string): object {
  return new Proxy(present, {
    apply: (target, self, args) => {
      used?.add(name);
      return Reflect.apply(callable(target), self, args);
    },
    get: (target, member) => {
      const value: unknown = Reflect.get(target, member);
      return typeof value === 'function' && member === 'bigint'
        ? watchedFunction(value, `${name.slice(0, -2)}.bigint()`)
        : value;
    },
  });
}

/** The class Date, which notes where it reads the clock. */
function watchedDate(present: object): object {
  return new Proxy(present, {
    construct: (target, args, made) => {
      if (args.length === 0) used?.add('new Date()');
      return Reflect.construct(callable(target), args, made);
    },
    apply: (target, self, args) => {
      used?.add('Date()');
      return Reflect.apply(callable(target), self, args);
    },
    get: (target, member) => {
      const value: unknown = Reflect.get(target, member);
      return member === 'now' && typeof value === 'function' ? watchedFunction(value, 'Date.now()') : value;
    },
  });
}

function callable(target: object): (...args: unknown[]) => unknown {
  if (isCallable(target)) return target;
  throw new TypeError('only functions are watched');
}

function isCallable(target: object): target is (...args: unknown[]) => unknown {
  return typeof target === 'function';
}
