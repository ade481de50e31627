/**
 * Which settings somebody gave a value: one that is given counts as such also where it is the default, which a model's
 * advice would else replace. By the section that has the setting, since sections travel without their configuration.
 */
const GIVEN = new WeakMap<object, Set<string>>();

/** Notes whether the setting `name` of a section was given. */
export function noteGiven(section: object, name: string, isGivenNow: boolean): void {
  const names = GIVEN.get(section) ?? new Set();
  GIVEN.set(section, names);
  if (isGivenNow) names.add(name);
  else names.delete(name);
}

/** Whether it was; false for a section of which nothing is known. */
export function isGiven(section: object, name: string): boolean {
  return GIVEN.get(section)?.has(name) ?? false;
}
