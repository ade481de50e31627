import type { CommandGraph } from './command-graph.ts';
import { type CommandBeamOptions, CommandPassing } from './command-passing.ts';
import { type CommandReading, readCommand } from './command-result.ts';
import type { Decoder, Hypothesis } from './decoder.ts';
import { logistic } from './log-math.ts';
import { WordTrail } from './word-trail.ts';

export interface CommandSearchOptions extends CommandBeamOptions {
  /** Commands with less confidence are refused, 0 to 1. */
  readonly minConfidence: number;
  /**
   * Natural log: how much more probable than silence a command must be. Noise may sound just like a short word, but not
   * clearly so.
   */
  readonly minEvidence: number;
  /**
   * Confidence is the logistic function of `confidenceOffset` + `confidenceScale` · score per token, where the score is
   * how much worse the command sounds than the free path.
   */
  readonly confidenceOffset: number;
  readonly confidenceScale: number;
}

/** Steps of sound after which something was said, even when it is no command. */
const LEAST_SOUND_STEPS = 3;
/** Stands for the fillers where an entry of the frontier is asked for. */
const BEFORE = -1;
const BEHIND = -2;

/**
 * The search for the commands of a grammar: the best sentence of the graph, or a refusal. What is not a command is not
 * forced into one: a command counts only when it sounds nearly as good as the best that any tokens can do, and what
 * is said before or behind it counts against it.
 */
export class CommandSearch implements Decoder {
  readonly #graph: CommandGraph;
  readonly #options: CommandSearchOptions;
  readonly #passing: CommandPassing;
  readonly #width: number;
  #soundSteps = 0;
  #firstSound = 0;
  #revision = 0;
  /** The path that leads: entry of the frontier, or one of the fillers; the word that may end with it, or -1. */
  #leader = BEFORE;
  #leaderEnd = -1;
  #leaderHash = 0;
  #ended = false;

  constructor(graph: CommandGraph, tokens: { blank: number; size: number }, options: CommandSearchOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#width = tokens.size;
    this.#passing = new CommandPassing(graph, tokens, options);
  }

  accept(logProbs: Float32Array, steps: number, offset = 0): void {
    for (let i = 0; i < steps; i += 1) {
      if (this.#passing.accept(logProbs, offset + i * this.#width)) this.#countSound();
      this.#follow();
    }
  }

  best(): Hypothesis {
    return this.#ended ? this.#decision() : this.#soFar();
  }

  nBest(n: number): readonly Hypothesis[] {
    if (n < 1) return [];
    if (!this.#ended) return [this.best()];
    const others = this.#complete()
      .slice(1, Math.min(n, 100))
      .map(({ trail, score }) => this.#accepted(trail, score));
    return [this.best(), ...others];
  }

  /** None: until the end another sentence of the grammar may win. */
  stableWords(): number {
    return 0;
  }

  trailingBlankSteps(): number {
    const { frontier, step, before, behind } = this.#passing;
    if (this.#leader === BEFORE) return before.blanks;
    if (this.#leader === BEHIND) return behind.blanks;
    return frontier.endsInBlank(this.#leader) ? step - 1 - frontier.blankEnd[this.#leader]! : 0;
  }

  get revision(): number {
    return this.#revision;
  }

  end(): void {
    this.#ended = true;
    this.#revision += 1;
  }

  reset(): void {
    this.#passing.reset();
    this.#soundSteps = 0;
    this.#leader = BEFORE;
    this.#leaderEnd = -1;
    this.#leaderHash = 0;
    this.#ended = false;
    this.#revision += 1;
  }

  #countSound(): void {
    if (this.#soundSteps === 0) this.#firstSound = this.#passing.step - 1;
    this.#soundSteps += 1;
    if (this.#soundSteps === LEAST_SOUND_STEPS) this.#revision += 1;
  }

  /** Finds the path that leads after the step. */
  #follow(): void {
    const { frontier, before, behind, trail } = this.#passing;
    let leader = behind.score > before.score ? BEHIND : BEFORE;
    let best = Math.max(before.score, behind.score);
    for (let i = 0; i < frontier.size; i += 1) {
      const score = frontier.best(i);
      if (score >= best) {
        best = score;
        leader = i;
      }
    }
    const end = leader >= 0 ? this.#endOf(frontier.node[leader]!) : -1;
    const at = leader >= 0 ? frontier.trail(leader) : leader === BEHIND ? behind.trail : WordTrail.EMPTY;
    const hash = at === WordTrail.EMPTY ? 0 : trail.wordsHash[at]!;
    if (end !== this.#leaderEnd || hash !== this.#leaderHash) this.#revision += 1;
    this.#leader = leader;
    this.#leaderEnd = end;
    this.#leaderHash = hash;
  }

  /** The first of the words that may end with `node`, or -1. */
  #endOf(node: number): number {
    const end = this.#graph.firstEnd[node]!;
    return end < this.#graph.firstEnd[node + 1]! ? end : -1;
  }

  /** While it is being said: the words of the path that leads, as long as they are likely. */
  #soFar(): Hypothesis {
    const { frontier, trail, behind, before } = this.#passing;
    let at: number = WordTrail.EMPTY;
    if (this.#leader === BEHIND) at = behind.trail;
    else if (this.#leader >= 0) {
      at =
        this.#leaderEnd >= 0
          ? this.#passing.record(this.#leader, this.#leaderEnd)
          : frontier.trail(this.#leader);
    }
    if (at === WordTrail.EMPTY || trail.tokens[at] === 0) return this.#nothing(before.score);
    // with what was begun of the next word, so that rubbish behind the words speaks against them
    const score = this.#leader >= 0 ? frontier.best(this.#leader) : behind.score;
    const confidence = this.#confidence(score, trail.tokens[at]!);
    if (!this.#isClear(score) || confidence < this.#options.minConfidence) return this.#nothing(score);
    return { words: this.#read(at).words, confidence, score, ...this.#heard() };
  }

  /** At the end: the best whole sentence, or why there is none. */
  #decision(): Hypothesis {
    const [best] = this.#complete();
    if (best !== undefined && this.#isClear(best.score)) {
      const confidence = this.#confidence(best.score, this.#passing.trail.tokens[best.trail]!);
      if (confidence >= this.#options.minConfidence) return this.#accepted(best.trail, best.score);
    }
    const begun = this.#soFar();
    const isBegun = begun.words.length > 0 && begun.score > (best?.score ?? Number.NEGATIVE_INFINITY);
    const refusal = isBegun ? 'incomplete' : 'unlikely';
    return { ...this.#nothing(begun.score), ...(this.#wasHeard ? { command: { refusal } } : {}) };
  }

  /** Ends of all whole sentences, best first; the same sentence once. */
  #complete(): { trail: number; score: number }[] {
    const { frontier, trail, behind } = this.#passing;
    const found =
      behind.score > Number.NEGATIVE_INFINITY ? [{ trail: behind.trail, score: behind.score }] : [];
    for (let i = 0; i < frontier.size; i += 1) {
      const node = frontier.node[i]!;
      for (let end = this.#graph.firstEnd[node]!; end < this.#graph.firstEnd[node + 1]!; end += 1) {
        const final = this.#graph.finalLogWeight[this.#graph.endPlace[end]!]!;
        if (final === Number.NEGATIVE_INFINITY) continue;
        const at = this.#passing.record(i, end);
        found.push({ trail: at, score: trail.score[at]! + final });
      }
    }
    found.sort((a, b) => b.score - a.score);
    const seen = new Set<number>();
    return found.filter(({ trail: at }) => {
      const hash = trail.wordsHash[at]!;
      return !seen.has(hash) && seen.add(hash);
    });
  }

  #accepted(at: number, score: number): Hypothesis {
    const { words, intent, slots } = this.#read(at);
    const confidence = this.#confidence(score, this.#passing.trail.tokens[at]!);
    const command =
      intent === null ? {} : { command: { intent: intent.name, grammar: intent.grammar, slots } };
    return { words, confidence, score, ...command, ...this.#heard() };
  }

  #nothing(score: number): Hypothesis {
    return { words: [], confidence: 0, score, ...this.#heard() };
  }

  #heard(): Pick<Hypothesis, 'firstSoundStep'> {
    return this.#wasHeard ? { firstSoundStep: this.#firstSound } : {};
  }

  get #wasHeard(): boolean {
    return this.#soundSteps >= LEAST_SOUND_STEPS;
  }

  #read(at: number): CommandReading {
    return readCommand(this.#graph, this.#passing.trail, at, (score, tokens) =>
      this.#confidence(score, tokens),
    );
  }

  #isClear(score: number): boolean {
    return score - this.#passing.silence >= this.#options.minEvidence;
  }

  #confidence(score: number, tokens: number): number {
    const { confidenceOffset, confidenceScale } = this.#options;
    return logistic(confidenceOffset + (confidenceScale * score) / tokens);
  }
}
