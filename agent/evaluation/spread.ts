/** At most `most` of the items, in their order and spread evenly over them: what lies together keeps its share. */
export function spread<Item>(items: readonly Item[], most: number): Item[] {
  const count = Math.min(items.length, most);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
