import type { PhraseSayings } from '../decoder/decoder-resources.ts';
import type { SpokenHotword } from '../decoder/hotword.ts';
import type { Pronouncer } from '../decoder/pronouncer.ts';
import type { CompiledTexts, SettingsTexts } from '../decoder/settings-texts.ts';
import { type HotwordOptions, speakHotwords } from '../decoder/spoken-hotwords.ts';
import { speakPhrases } from '../decoder/spoken-phrases.ts';
import type { SpokenPhrase, WakePhrase } from '../decoder/wake-phrase.ts';
import type { ErrorCode } from '../errors.ts';
import { CommandCompiler, type FreshCommands } from './command-compiler.ts';
import { phraseSayings, type WordResources } from './command-words.ts';
import { checkGuesses } from './guess-limit.ts';

export interface FreshTexts extends CompiledTexts {
  readonly commands: FreshCommands | null;
}

/** Compiles the texts of streams' settings for a model. */
export class SettingsCompiler {
  readonly #normalize: WordResources['normalize'];
  readonly #pronouncer: Pronouncer | null;
  readonly #commands: CommandCompiler;
  readonly #phrases: PhraseSayings;

  constructor(resources: WordResources, pronouncer: Pronouncer | null) {
    this.#normalize = resources.normalize;
    this.#pronouncer = pronouncer;
    this.#commands = new CommandCompiler(resources, pronouncer);
    this.#phrases = phraseSayings(resources, pronouncer);
  }

  /** @throws AgentError what `CommandCompiler`, `speakHotwords` and `speakPhrases` throw */
  compile({ task, hotwords, wakePhrases }: SettingsTexts): FreshTexts {
    return {
      commands: task && this.#compileTask(task),
      hotwords: hotwords && this.#speakHotwords(hotwords),
      wakePhrases: wakePhrases && this.#speakPhrases(wakePhrases),
    };
  }

  #compileTask(task: NonNullable<SettingsTexts['task']>): FreshCommands {
    return task.type === 'phrases'
      ? this.#commands.compilePhrases(task)
      : this.#commands.compile(task.grammars);
  }

  #speakHotwords(hotwords: HotwordOptions): readonly SpokenHotword[] {
    return speakHotwords(hotwords, this.#phrases.words, (texts) => this.#check(texts, 'HOTWORD_LIMIT'));
  }

  #speakPhrases(phrases: readonly Required<WakePhrase>[]): readonly SpokenPhrase[] {
    this.#check(
      phrases.map(({ text }) => text),
      'WAKE_PHRASE',
    );
    return speakPhrases(phrases, this.#phrases);
  }

  #check(texts: readonly string[], code: ErrorCode): void {
    const words = texts.flatMap((text) => this.#normalize(text).split(' ').filter(Boolean));
    checkGuesses([...new Set(words)], this.#pronouncer, code);
  }
}
