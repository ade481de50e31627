/** Whether two language tags, such as `en` and `en-GB`, name the same language. */
export function isSameLanguage(one: string, other: string): boolean {
  const primary = (tag: string) => tag.toLowerCase().split(/[-_]/)[0];
  return primary(one) === primary(other);
}
