import { fileURLToPath } from 'node:url';
import { renderConfigReference } from '../../agent/config-reference.ts';
import { renderErrorReference } from './error-reference.ts';

/** A document that is made from the code. */
export interface GeneratedDocument {
  readonly path: string;
  readonly render: () => string;
}

const agentFile = (name: string): string => fileURLToPath(new URL(`../../agent/${name}`, import.meta.url));

export const DOCUMENTS: readonly GeneratedDocument[] = [
  { path: agentFile('CONFIGURATION.md'), render: () => `${renderConfigReference()}\n` },
  { path: agentFile('ERRORS.md'), render: renderErrorReference },
];
