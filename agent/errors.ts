/**
 * The closed catalogue of errors. Every error that leaves Earshot, in a log line, on the wire or on the
 * command line, has one of these codes. Codes are stable: a retired code is never used again.
 * `test/errors.test.ts` holds the table in `agent/ERRORS.md` to this list.
 */
export const ERROR_CATALOGUE = {
  // command line and configuration
  CONFIG_INVALID: 'A setting is unknown or has a value that it must not have.',
  USAGE: 'The command line is wrong.',
  OUTPUT_UNWRITABLE:
    'What a command has to write can not be written to the file, the standard output or the temporary folder.',
  // capture
  RECORDER_MISSING: 'No recorder program is installed.',
  RECORDER_FAILED: 'The recorder program stopped or delivers nothing.',
  MICROPHONE_SILENT: 'The microphone delivers only zeros.',
  DEVICE_UNKNOWN: 'The audio device does not exist.',
  AUDIO_FILE_UNREADABLE: 'The audio file can not be read.',
  AUDIO_FORMAT_UNSUPPORTED: 'The audio has a format that Earshot does not read.',
  // acoustic model
  MODEL_MISSING: 'The model bundle or one of its files does not exist.',
  MODEL_INVALID: 'model.json does not have the expected form.',
  MODEL_HASH: 'A model file is damaged: its SHA-256 is not the one in model.json.',
  MODEL_SHAPE: 'The ONNX graph does not have the inputs, outputs or shapes that model.json states.',
  MODEL_FRONTEND: 'The model was trained with a front end that this version does not compute.',
  LANGUAGE_MODEL_INVALID: 'The language model file is empty, damaged or of another kind.',
  LEXICON_INVALID: 'The lexicon file is empty, damaged, of another kind or for another model.',
  SEARCH_UNAVAILABLE: 'The model has not what the chosen search needs.',
  GRAMMAR_INVALID: 'A grammar can not be read: its message names line and column.',
  GRAMMAR_TOO_LARGE:
    'A grammar is larger than a limit, grows beyond it when rules and lists are put in, or takes too long to compile.',
  GRAMMAR_WORD: 'A grammar has a word that the model can neither spell nor pronounce.',
  WAKE_PHRASE:
    'A wake phrase is too short, has nothing in it that the model can spell or pronounce, or takes too long to pronounce.',
  HOTWORD_INVALID:
    'A hotword can not be said with the model, is too long, or has a boost out of range; or the search takes none.',
  HOTWORD_LIMIT: 'There are more hotwords than the limit, or they take too long to pronounce.',
  PRONUNCIATIONS_INVALID: "A line of the user's list of pronunciations can not be read.",
  PROVIDER_UNAVAILABLE: 'No configured execution provider could be loaded.',
  MODEL_BUSY: 'The model is being exchanged already.',
  // engine
  ENGINE_CLOSED: 'The engine is shutting down.',
  ENGINE_FAILED: 'An engine worker stopped unexpectedly.',
  STREAM_CLOSED: 'The stream is closed.',
  STREAM_LIMIT: 'The largest number of streams is already open.',
  // server
  PORT_IN_USE: 'The address is already in use.',
  UNAUTHORIZED: 'No token or a wrong token.',
  TOKEN_EXPIRED: 'The token was right until the day or moment from which it is refused, which has come.',
  SCOPE_MISSING: 'The token is right, but what it was made for does not include this.',
  TOKEN_REQUIRED: 'Others than this machine could connect without a token.',
  TLS_INVALID: 'The certificate or its private key can not be read, or they do not belong together.',
  ORIGIN_FORBIDDEN: 'The Origin is not allowed.',
  TOO_MANY_CLIENTS: 'The largest number of clients is already connected.',
  ADDRESS_LIMIT: 'The largest number of clients of one address is already connected.',
  AUDIO_LIMIT: 'The address, or all together, sent as much audio as they may in this time.',
  HANDSHAKE_TIMEOUT: 'A client took too long to finish TLS or the headers of its request.',
  HEADERS_TOO_LARGE: 'The head of a request is larger than the limit.',
  MESSAGE_INVALID: 'A message is not JSON, has an unknown type or a wrong field.',
  LANGUAGE_UNSUPPORTED: 'The model does not know the language that a client asks for.',
  MESSAGE_TOO_LARGE: 'A message is larger than the limit.',
  TOO_MANY_ERRORS: 'The client sent too many bad messages.',
  SLOW_CLIENT: 'The client does not read its messages.',
  IDLE_TIMEOUT: 'The client sent nothing for too long.',
  SESSION_TOO_LONG: 'The session reached its largest duration.',
  MICROPHONE_DISABLED: 'The daemon runs without a microphone.',
  RESUME_EXPIRED:
    'There is no such session to resume: it has ended, waited too long, or belongs to someone else.',
  OVERLOADED: 'The machine is behind with the audio of those who are connected already.',
  DRAINING: 'The daemon finishes what is open and takes nothing new.',
  SHUTTING_DOWN: 'The daemon is shutting down.',
  NOT_FOUND: 'There is nothing at this path.',
  // client
  SERVER_UNREACHABLE: 'The server can not be reached, or the connection to it was lost.',
  // evaluation and the rest
  MANIFEST_INVALID: 'The manifest is not a table with the expected columns.',
  INTERNAL: 'A defect in Earshot.',
} as const;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/**
 * An error of the catalogue. `message` says what was expected, what was got and, where there is
 * something, what to do. `fields` are for structured logs; never put a transcript there.
 */
export class AgentError extends Error {
  readonly code: ErrorCode;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; fields?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AgentError';
    this.code = code;
    this.fields = options.fields ?? {};
  }
}

/** Wraps anything thrown as an `AgentError`, keeping one that already is. */
export function toAgentError(error: unknown, code: ErrorCode = 'INTERNAL'): AgentError {
  if (error instanceof AgentError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AgentError(code, message, { cause: error });
}
