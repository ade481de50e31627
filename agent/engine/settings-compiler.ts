import type { PhraseSayings } from '../decoder/decoder-resources.ts';
import type { Pronouncer } from '../decoder/pronouncer.ts';
import type { CompiledTexts, SettingsTexts } from '../decoder/settings-texts.ts';
import { speakHotwords } from '../decoder/spoken-hotwords.ts';
import { speakPhrases } from '../decoder/spoken-phrases.ts';
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
    this.#check(hotwords?.list ?? [], 'HOTWORD_LIMIT');
    this.#check(wakePhrases ?? [], 'WAKE_PHRASE');
    return {
      commands: task && this.#compileTask(task),
      hotwords: hotwords && speakHotwords(hotwords, this.#phrases.words),
      wakePhrases: wakePhrases && speakPhrases(wakePhrases, this.#phrases),
    };
  }

  #compileTask(task: NonNullable<SettingsTexts['task']>): FreshCommands {
    return task.type === 'phrases'
      ? this.#commands.compilePhrases(task)
      : this.#commands.compile(task.grammars);
  }

  #check(names: readonly { readonly text: string }[], code: ErrorCode): void {
    const words = names.flatMap(({ text }) => this.#normalize(text).split(' ').filter(Boolean));
    checkGuesses([...new Set(words)], this.#pronouncer, code);
  }
}
