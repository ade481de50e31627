import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wordErrors } from '../../../agent/evaluation/error-counts.ts';
import { type RateSummary, rateSummary } from '../../../agent/evaluation/summary.ts';
import { wordsOf } from './transcribe.ts';

/** Data sets whose speakers learn English. */
const LEARNERS = ['speechocean762'];
const OLDEST_CHILD = 15;

/** A recording that was listened to, and by whom it is. */
export interface HeardUtterance {
  readonly dataset: string;
  readonly speaker: string;
  readonly text: string;
  readonly heard: string;
}

/** What a data set says about its speakers, by their names there: `spk2age` and `spk2gender` of a Kaldi folder. */
export interface SpeakerFacts {
  readonly ages: ReadonlyMap<string, number>;
  readonly sexes: ReadonlyMap<string, string>;
}

export interface GroupResult {
  readonly name: string;
  readonly speakers: number;
  readonly clips: number;
  readonly wer: RateSummary;
}

/** Reads the facts in `folder`; none where there is no folder or no file. */
export function readSpeakerFacts(folder: string | undefined): SpeakerFacts {
  const ages = new Map([...readTable(folder, 'spk2age')].map(([speaker, age]) => [speaker, Number(age)]));
  return { ages, sexes: readTable(folder, 'spk2gender') };
}

/** Error rates by what is known of the speakers; groups without a recording are left out. */
export function speakerGroups(utterances: readonly HeardUtterance[], facts: SpeakerFacts): GroupResult[] {
  const groups = new Map<string, HeardUtterance[]>();
  for (const utterance of utterances) {
    for (const name of groupsOf(utterance, facts)) {
      groups.set(name, [...(groups.get(name) ?? []), utterance]);
    }
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) => ({
      name,
      speakers: new Set(members.map(({ dataset, speaker }) => `${dataset} ${speaker}`)).size,
      clips: members.length,
      wer: rateSummary(members.map(({ text, heard }) => wordErrors(wordsOf(text), wordsOf(heard)))),
    }));
}

function groupsOf({ dataset, speaker }: HeardUtterance, { ages, sexes }: SpeakerFacts): string[] {
  const groups = [`data set: ${dataset}`];
  const learns = LEARNERS.includes(dataset);
  groups.push(learns ? 'English: learners' : 'English: all others, native or not');
  const age = learns ? ages.get(speaker) : undefined;
  if (age !== undefined) {
    groups.push(age <= OLDEST_CHILD ? `age: learners up to ${OLDEST_CHILD}` : 'age: adult learners');
  }
  const sex = learns ? sexes.get(speaker) : sexOfAn4(dataset, speaker);
  if (sex === 'f' || sex === 'm') {
    const who = learns ? 'learners' : 'AN4';
    groups.push(`sex: ${sex === 'f' ? 'female' : 'male'}, ${who}`);
  }
  return groups;
}

/** AN4 names its speakers by sex and initials: `an4fcaw`. */
function sexOfAn4(dataset: string, speaker: string): string | undefined {
  return dataset === 'an4' ? speaker.at(3) : undefined;
}

function readTable(folder: string | undefined, name: string): Map<string, string> {
  const path = join(folder ?? '', name);
  if (folder === undefined || !existsSync(path)) return new Map();
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return new Map(lines.map((line) => line.trim().split(/\s+/) as [string, string]));
}
