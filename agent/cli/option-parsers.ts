import { InvalidArgumentError } from 'commander';

/** Parses an option that takes a whole number from `least` on; a wrong one is wrong use of the command. */
export function countParser(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number, ${least} or more.`);
  };
}

/** Parses an option that takes a positive number. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** Collects an option that may be repeated, whatever is in it. */
export function collectTexts(text: string, texts: readonly string[] = []): string[] {
  return [...texts, text];
}

/** Collects an option that may be repeated, or given as a list with commas. */
export function collectNames(text: string, names: readonly string[] = []): string[] {
  return [...names, ...text.split(',').map((name) => name.trim())];
}
