import type { CancelTimer, Clock } from '../clock.ts';
import { AgentError, toAgentError } from '../errors.ts';
import { CLOSE_CODE } from './close-code.ts';
import type { Connection, ConnectionHandler } from './connection.ts';
import type { Hub } from './hub.ts';
import type { ClientCommand } from './protocols/protocol.ts';
import type { EngineAccess, Session } from './session.ts';

export interface MicrophoneSessionParts {
  readonly hub: Hub;
  readonly clock: Clock;
  /** `OpenedProtocol.permit` */
  readonly permit: (() => void) | undefined;
}

/** How often the permit is looked at. */
const PERMIT_INTERVAL_MS = 10_000;

/**
 * One client that follows the daemon's microphone. It may stay for months, so that its token is looked at again all the while:
 * who is shut out hears the room no longer.
 */
export class MicrophoneSession implements Session, ConnectionHandler {
  readonly #connection: Connection;
  readonly #access: EngineAccess;
  readonly #parts: MicrophoneSessionParts;
  #unsubscribe: (() => void) | null = null;
  #cancelPermitTimer: CancelTimer | null = null;

  constructor(connection: Connection, access: EngineAccess, parts: MicrophoneSessionParts) {
    this.#connection = connection;
    this.#access = access;
    this.#parts = parts;
  }

  start(): void {
    const { model, sampleRate } = this.#access;
    this.#connection.start(this);
    const { hub, clock } = this.#parts;
    const { task } = hub;
    this.#connection.send({ type: 'ready', session: this.#connection.id, sampleRate, model, task });
    this.#unsubscribe = hub.subscribe((event) => this.#connection.send(event));
    this.#cancelPermitTimer = clock.every(PERMIT_INTERVAL_MS, () => this.#checkPermit());
    if (hub.hasMicrophone) return;
    this.#connection.fail(new AgentError('MICROPHONE_DISABLED', hub.status.detail));
  }

  onCommand(command: ClientCommand): void {
    switch (command.type) {
      case 'stop':
        this.#connection.send({ type: 'done', audioSeconds: 0 });
        this.#connection.close(CLOSE_CODE.done);
        break;
      case 'reply':
        this.#connection.sendFrames(command.frames);
        break;
      case 'acknowledge':
      case 'keep-alive':
        break;
      default:
        throw new AgentError(
          'MESSAGE_INVALID',
          `This connection only receives; expected "stop", got "${command.type}".`,
        );
    }
  }

  onClosed(): void {
    this.#unsubscribe?.();
    this.#cancelPermitTimer?.();
  }

  shutdown(): void {
    const reason = new AgentError('SHUTTING_DOWN', 'The daemon is shutting down.');
    void this.#parts.hub.stop().finally(() => this.#connection.fail(reason));
  }

  #checkPermit(): void {
    try {
      this.#parts.permit?.();
    } catch (error) {
      this.#connection.fail(toAgentError(error));
    }
  }
}
