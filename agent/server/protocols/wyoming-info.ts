import type { ModelInfo } from './protocol.ts';
import type { WyomingData } from './wyoming-event.ts';

/** Who made the service, and where it is from. */
const ATTRIBUTION = { name: 'Earshot', url: '' } as const;

/** What this server offers, as the answer to `describe`. Home Assistant requires every list and every key. */
export function wyomingInfo(
  model: ModelInfo,
  service: { readonly version: string; readonly findsEnd: boolean },
): WyomingData {
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
  return { asr: [program], tts: [], handle: [], intent: [], wake: [], mic: [], snd: [] };
}
