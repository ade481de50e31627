import { AgentError } from '../errors.ts';

/** Where something stands in a grammar: lines and columns count from 1. */
export interface SourcePosition {
  /** Name of the grammar or its file. */
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** A problem with its place before it. */
export function placed({ source, line, column }: SourcePosition, problem: string): string {
  return `${source}, line ${line}, column ${column}: ${problem}`;
}

/** `GRAMMAR_INVALID` that names the place. `problem` says what was expected and what was got. */
export function grammarError(at: SourcePosition, problem: string): AgentError {
  const { source, line, column } = at;
  return new AgentError('GRAMMAR_INVALID', placed(at, problem), { fields: { source, line, column } });
}

/** Some of the names that exist, for the message about one that does not. */
export function namesThereAre(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return 'there are none';
  return `there are: ${all.slice(0, 8).join(', ')}${all.length > 8 ? `, and ${all.length - 8} more` : ''}`;
}
