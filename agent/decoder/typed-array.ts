/** A copy of twice the length; the new half is zeros. */
export function doubled<T extends Int32Array | Float64Array>(from: T): T {
  const Constructor = from.constructor as new (length: number) => T;
  const to = new Constructor(from.length * 2);
  to.set(from);
  return to;
}
