/** A device as a tool of the system lists it. */
export interface ListedDevice {
  /** As `microphone.device` takes it. */
  readonly name: string;
  readonly description: string;
  readonly isDefault: boolean;
}

/** Names of `arecord -L` that lead to no microphone: converters and outputs. */
const NO_MICROPHONE =
  /^(null|default|lavrate|samplerate|speexrate|speex|upmix|vdownmix|oss|hdmi|iec958|a52|surround\d+)$/;

/**
 * Reads `arecord -l`. Cards are named by their identifier, which does not change when another card is plugged in,
 * and opened through ALSA's conversion.
 */
export function parseAlsaCards(output: string): ListedDevice[] {
  // The words "card" and "device" come in the user's language.
  const line = /^[^\d:[]+ \d+: (\S+) \[(.*)\], [^\d:[]+ (\d+): .* \[(.*)\]$/gm;
  return Array.from(output.matchAll(line), ([, card, cardName, device, deviceName]) => ({
    name: `plughw:CARD=${card},DEV=${device}`,
    description: `${cardName}, ${deviceName}`,
    isDefault: false,
  }));
}

/** Reads `arecord -L`: names that a configuration file defines. Those of cards are in `arecord -l` already. */
export function parseAlsaNames(output: string): ListedDevice[] {
  const entry = /^(\S+)\n((?:[ \t]+.*\n?)*)/gm;
  return Array.from(output.matchAll(entry), ([, name, lines]) => ({
    name: name!,
    description: lines!.trim().replaceAll(/\s*\n\s*/g, ', '),
    isDefault: false,
  })).filter(({ name }) => !name.includes(':') && !NO_MICROPHONE.test(name));
}

/** Reads `pactl --format=json list sources`; `defaultSource` is what `pactl get-default-source` says. */
export function parsePulseSources(json: string, defaultSource: string): ListedDevice[] {
  return asArray(parseJson(json)).map((source) => ({
    name: `pulse:${asText(source['name'])}`,
    description: asText(source['description']),
    isDefault: source['name'] === defaultSource,
  }));
}

/** Reads `system_profiler -json SPAudioDataType` (macOS). */
export function parseCoreAudio(json: string): ListedDevice[] {
  const [report] = asArray(asRecord(parseJson(json))['SPAudioDataType']);
  return asArray(report?.['_items'])
    .filter((device) => Number(device['coreaudio_device_input'] ?? 0) > 0)
    .map((device) => ({
      name: asText(device['_name']),
      description: asText(device['coreaudio_device_manufacturer']),
      isDefault: device['coreaudio_default_audio_input_device'] === 'spaudio_yes',
    }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // An older tool that knows no JSON: it lists nothing that could be read.
    return null;
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asArray(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
