import type { CommandSlot } from '../../agent/decoder/decoder.ts';
import { addCounts, errorRate, NO_ERRORS, wordErrors } from '../../agent/evaluation/error-counts.ts';
import { splitWords } from '../../agent/evaluation/text-normalization.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';
import type { SentenceMeaning } from '../support/match-sentence.ts';

/** A recording that was listened to for the commands of a grammar. */
export interface HeardClip {
  readonly file: string;
  /** What was said, normalised. */
  readonly text: string;
  /** What it means in the grammar; `null` when it is no command. */
  readonly meaning: SentenceMeaning | null;
  /** What was understood, however sure; `null` when nothing was heard. */
  readonly final: Final | null;
}

/** Shares of commands, 0 to 1. */
export interface CommandScore {
  readonly accepted: number;
  /** Of the commands: accepted with the right intent. */
  readonly intents: number;
  /** Of the slots that were said: understood with the right value. `null` without slots. */
  readonly slots: number | null;
  /** Of the commands: accepted with the right intent and all slots right. */
  readonly meanings: number;
  /** Word errors a word; a refused command has all its words wrong. */
  readonly wordErrorRate: number | null;
}

/** Scores recordings of commands when those of less confidence than `minConfidence` are refused. */
export function scoreCommands(commands: readonly HeardClip[], minConfidence: number): CommandScore {
  let [accepted, intents, meanings, slots, rightSlots] = [0, 0, 0, 0, 0];
  let errors = NO_ERRORS;
  for (const clip of commands) {
    const { meaning } = clip;
    if (meaning === null) continue;
    const intent = acceptedIntent(clip, minConfidence);
    const isIntent = intent?.name === meaning.intent;
    const right = isIntent ? countRight(meaning.slots, intent.slots) : 0;
    accepted += intent ? 1 : 0;
    intents += isIntent ? 1 : 0;
    slots += meaning.slots.length;
    rightSlots += right;
    meanings += isIntent && right === Math.max(meaning.slots.length, intent.slots.length) ? 1 : 0;
    const words = intent ? splitWords(clip.final?.text ?? '') : [];
    errors = addCounts(errors, wordErrors(splitWords(clip.text), words));
  }
  const share = (count: number) => count / Math.max(1, commands.length);
  return {
    accepted: share(accepted),
    intents: share(intents),
    slots: slots === 0 ? null : rightSlots / slots,
    meanings: share(meanings),
    wordErrorRate: errorRate(errors),
  };
}

/** The share of recordings that are taken for a command, 0 to 1. */
export function acceptedShare(clips: readonly HeardClip[], minConfidence: number): number {
  const accepted = clips.filter((clip) => acceptedIntent(clip, minConfidence) !== undefined);
  return accepted.length / Math.max(1, clips.length);
}

function acceptedIntent({ final }: HeardClip, minConfidence: number): Final['intent'] {
  return final !== null && final.confidence >= minConfidence ? final.intent : undefined;
}

type NamedValue = Pick<CommandSlot, 'name' | 'value'>;

/** How many of the expected slots were understood; each understood one counts once. */
function countRight(expected: readonly NamedValue[], understood: readonly NamedValue[]): number {
  const left = [...understood];
  return expected.filter(({ name, value }) => {
    const at = left.findIndex((slot) => slot.name === name && slot.value === value);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
}
