import type { Config } from './config.ts';
import type { CommandsTask, DictationTask, WakeTask } from './decoder/create-decoder.ts';
import { grammarTask } from './grammar-files.ts';
import { configuredPhrases } from './wake-phrases.ts';

/**
 * What the daemon's own microphone listens for, as options of its stream: dictation, the commands of grammars, or a wake
 * phrase and then one of them.
 * @throws AgentError GRAMMAR_INVALID when a grammar can not be read
 */
export async function microphoneTask({
  grammars,
  wakePhrases,
  wakeListenMs,
}: Pick<Config['microphone'], 'grammars' | 'wakePhrases' | 'wakeListenMs'>): Promise<{
  task?: DictationTask | CommandsTask | WakeTask;
}> {
  const behind = await grammarTask(grammars);
  if (wakePhrases.length === 0) return behind;
  const task: WakeTask = {
    type: 'wake',
    phrases: configuredPhrases(wakePhrases),
    listenFor: behind.task ?? { type: 'dictation' },
    ...(wakeListenMs === 0 ? {} : { listenMs: wakeListenMs }),
  };
  return { task };
}
