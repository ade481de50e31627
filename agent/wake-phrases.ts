import type { Config } from './config.ts';
import type { WakePhrase } from './decoder/wake-phrase.ts';

/** Wake phrases of the configuration: texts, or texts with a threshold. */
export function configuredPhrases(phrases: Config['microphone']['wakePhrases']): WakePhrase[] {
  return phrases.map((phrase) => {
    if (typeof phrase === 'string') return { text: phrase };
    const { text, threshold } = phrase;
    return threshold === undefined ? { text } : { text, threshold };
  });
}
