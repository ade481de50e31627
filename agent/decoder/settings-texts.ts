import type { CommandsTask, DecoderOptions, PhrasesTask } from './create-decoder.ts';
import type { CompiledCommands } from './decoder-resources.ts';
import type { SpokenHotword } from './hotword.ts';
import type { HotwordOptions } from './spoken-hotwords.ts';
import type { SpokenPhrase, WakePhrase } from './wake-phrase.ts';

/** What of a stream's settings is text that tokens of the model have to be made of, which takes long. */
export interface SettingsTexts {
  readonly task: CommandsTask | PhrasesTask | null;
  /** Of dictation through the lexicon; at least one. */
  readonly hotwords: HotwordOptions | null;
  readonly wakePhrases: readonly Required<WakePhrase>[] | null;
}

/** What it comes to; null where there was none. */
export interface CompiledTexts {
  readonly commands: CompiledCommands | null;
  readonly hotwords: readonly SpokenHotword[] | null;
  readonly wakePhrases: readonly SpokenPhrase[] | null;
}

type Listening = Pick<DecoderOptions, 'task' | 'search' | 'hotwords'> & {
  readonly wake: Pick<DecoderOptions['wake'], 'threshold'>;
};

/** Null: there is no text in the settings, or none that takes long. */
export function settingsTextsOf({ task, search, hotwords, wake }: Listening): SettingsTexts | null {
  const { listenFor: heard = { type: 'dictation' } } = task.type === 'wake' ? task : { listenFor: task };
  const hearsNames = heard?.type === 'dictation' && search === 'lexicon' && hotwords !== undefined;
  const texts = {
    task: heard === null || heard.type === 'dictation' ? null : heard,
    hotwords: hearsNames && hotwords.list.length > 0 ? hotwords : null,
    wakePhrases: task.type === 'wake' ? withThresholds(task.phrases, wake.threshold) : null,
  };
  return Object.values(texts).every((text) => text === null) ? null : texts;
}

/** @param threshold of those that have none of their own */
export function withThresholds(phrases: readonly WakePhrase[], threshold: number): Required<WakePhrase>[] {
  return phrases.map(({ text, threshold: own = threshold }) => ({ text, threshold: own }));
}
