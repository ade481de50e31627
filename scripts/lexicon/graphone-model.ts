import { type Graphone, graphoneText } from '../../agent/decoder/graphone.ts';
import { SENTENCE_END, SENTENCE_START } from '../../agent/decoder/ngram-format.ts';
import { pruneTable } from '../language-model/entropy-pruning.ts';
import { estimateKneserNey } from '../language-model/kneser-ney.ts';
import { encodeModel } from '../language-model/model-file.ts';
import { ngramCount } from '../language-model/ngram-table.ts';
import { idsOf, wordList } from '../language-model/vocabulary.ts';
import { type CodedWord, GraphoneAligner } from './graphone-alignment.ts';
import type { Dictionary } from './lexicon-file.ts';

export interface GraphoneModelOptions {
  /** Graphones looked at to predict one, itself included. */
  readonly order: number;
  /** More n-grams are pruned. */
  readonly maxNgrams: number;
  /** Rounds of learning how letters and phonemes belong together. */
  readonly alignmentRounds: number;
  /** Words with a graphone that occurs less often are left out: most are abbreviations and errors. */
  readonly minGraphoneCount: number;
}

/** How letters and phonemes belong together is learned from about so many pronunciations, evenly spread. */
const ALIGNMENT_SAMPLE = 17_000;

/** The file of a letter-to-sound model learned from a dictionary (`agent/decoder/letter-to-sound.ts`). */
export function buildGraphoneModel(dictionary: Dictionary, options: GraphoneModelOptions): ArrayBuffer {
  const cuts = withFrequentGraphones(cutIntoGraphones(dictionary, options.alignmentRounds), options);
  const words = wordList(cuts.flat());
  const ids = idsOf(words);
  const tokens = Uint32Array.from(
    cuts.flatMap((cut) => [SENTENCE_START, ...cut.map((graphone) => ids.get(graphone)!), SENTENCE_END]),
  );
  const table = estimateKneserNey(tokens, options.order, words);
  return encodeModel(ngramCount(table) > options.maxNgrams ? pruneTable(table, options.maxNgrams) : table);
}

/** Every pronunciation as the texts of its graphones; those that can not be cut are left out. */
function cutIntoGraphones(dictionary: Dictionary, rounds: number): string[][] {
  const said = [...dictionary].flatMap(([word, all]) => all.map((phonemes) => ({ word, phonemes })));
  const codes = codesOf(said.flatMap(({ phonemes }) => phonemes));
  const letterCodes = codesOf(said.flatMap(({ word }) => [...word]));
  const coded: CodedWord[] = said.map(({ word, phonemes }) => ({
    letters: Uint8Array.from(word, (letter) => letterCodes.get(letter)!),
    phonemes: Uint8Array.from(phonemes, (name) => codes.get(name)!),
  }));
  const aligner = new GraphoneAligner({ letters: letterCodes.size + 1, phonemes: codes.size + 1 });
  const apart = Math.ceil(coded.length / ALIGNMENT_SAMPLE);
  const sample = coded.filter((_, index) => index % apart === 0);
  for (let round = 0; round < rounds; round += 1) aligner.train(sample);
  return said.flatMap((each, index) => {
    const pieces = aligner.align(coded[index]!);
    return pieces === null ? [] : [graphonesOf(each, pieces).map(graphoneText)];
  });
}

/** Codes from 1 for what there is of letters or phonemes: sorted, the apostrophe last. */
function codesOf(all: readonly string[]): Map<string, number> {
  const sorted = [...new Set(all)].sort();
  const ordered = [...sorted.filter((one) => one !== "'"), ...sorted.filter((one) => one === "'")];
  return new Map(ordered.map((one, index) => [one, index + 1]));
}

function graphonesOf(
  { word, phonemes }: { word: string; phonemes: readonly string[] },
  pieces: readonly { letters: number; phonemes: number }[],
): Graphone[] {
  let [letter, phoneme] = [0, 0];
  return pieces.map((piece) => {
    const graphone = {
      letters: word.slice(letter, letter + piece.letters),
      phonemes: phonemes.slice(phoneme, phoneme + piece.phonemes),
    };
    letter += piece.letters;
    phoneme += piece.phonemes;
    return graphone;
  });
}

function withFrequentGraphones(cuts: string[][], { minGraphoneCount }: GraphoneModelOptions): string[][] {
  const counts = new Map<string, number>();
  for (const graphone of cuts.flat()) counts.set(graphone, (counts.get(graphone) ?? 0) + 1);
  return cuts.filter((cut) => cut.every((graphone) => counts.get(graphone)! >= minGraphoneCount));
}
