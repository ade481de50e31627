import type { ModelInfo } from './protocol.ts';
import type { WyomingPhrase } from './wyoming-detection.ts';
import type { WyomingData } from './wyoming-event.ts';

/** Who made the service, and where it is from. */
const ATTRIBUTION = { name: 'Earshot', url: '' } as const;

/** What the service offers beside its model. */
export interface WyomingService {
  /** Of the daemon. */
  readonly version: string;
  readonly findsEnd: boolean;
  readonly wakePhrases: readonly WyomingPhrase[];
}

/** What this server offers, as the answer to `describe`. Home Assistant requires every list and every key. */
export function wyomingInfo(model: ModelInfo, service: WyomingService): WyomingData {
  const asrModel = {
    name: model.name,
    attribution: ATTRIBUTION,
    installed: true,
    description: `${model.name} (${model.language})`,
    version: model.version,
    languages: [model.language],
  };
  const program = {
    name: 'Earshot',
    attribution: ATTRIBUTION,
    installed: true,
    description: 'Streaming speech recognition on your own machine',
    version: service.version,
    models: [asrModel],
    supports_transcript_streaming: true,
    requires_external_vad: !service.findsEnd,
  };
  const wake = wakePrograms(model, service);
  return { asr: [program], tts: [], handle: [], intent: [], wake, mic: [], snd: [] };
}

/** The wake phrases, each as a model of its own; no program where there are none. */
function wakePrograms(model: ModelInfo, { version, wakePhrases }: WyomingService): WyomingData[] {
  if (wakePhrases.length === 0) return [];
  const models = wakePhrases.map(({ text }) => ({
    name: text,
    attribution: ATTRIBUTION,
    installed: true,
    description: text,
    version: model.version,
    languages: [model.language],
    phrase: text,
  }));
  const description = 'Wake phrases of your own, without training';
  return [{ name: 'Earshot', attribution: ATTRIBUTION, installed: true, description, version, models }];
}
