/**
 * Freezes a value: its plain objects and lists, and theirs. An object of a class, such as a Tree, stays as it is: it may keep
 * results of its own for later. What is frozen is skipped, so a state costs as much as the operation has made anew.
 */
export function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) {
    for (const part of value) freeze(part);
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return value;
    for (const part of Object.values(value)) freeze(part);
  }
  return Object.freeze(value);
}
