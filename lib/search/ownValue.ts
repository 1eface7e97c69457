/**
 * Records by names that users choose: `constructor` and `__proto__` are names as any other, so that
 * nothing may be looked up that an object only inherits.
 */

/** Undefined where the record has none of its own. */
export function ownValue<Value>(
  record: { readonly [name: string]: Value },
  name: string,
): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** An assignment to `__proto__` would set the prototype. */
export function setOwnValue<Value>(
  record: { readonly [name: string]: Value },
  name: string,
  value: Value,
): void {
  Object.defineProperty(record, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
