import type { StreamOptions } from '../engine/speech-engine.ts';
import type { MicrophoneTask, ToldTask } from './protocols/protocol.ts';

type Task = NonNullable<StreamOptions['task']>;

/** What clients are told of what a stream listens for: of grammars the names, of phrases the texts. */
export function toldTask(task: Task | undefined): MicrophoneTask {
  if (task?.type !== 'wake') return toldAtOnce(task);
  const { type, phrases, listenFor } = task;
  return {
    type,
    phrases: phrases.map(({ text }) => text),
    listenFor: listenFor === null ? null : toldAtOnce(listenFor),
  };
}

function toldAtOnce(task: Exclude<Task, { type: 'wake' }> | undefined): ToldTask {
  if (task?.type !== 'commands') return { type: 'dictation' };
  return { type: task.type, grammars: task.grammars.map(({ name }) => name) };
}
