/** Part of `npm run build`: puts the demo page, which needs no compiling, beside the compiled server. */
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../agent/server/page', import.meta.url));
const target = fileURLToPath(new URL('../dist/agent/server/page', import.meta.url));

cpSync(source, target, { recursive: true });
