import { createHmac, randomUUID } from 'node:crypto';
import { abortAfter, pauseUnlessAborted } from './abort-after.ts';
import type { AssistantEvent, AssistantEventType } from './assistant-event.ts';
import type { Sink, SinkTools } from './sink.ts';
import { type DeliveryOutcome, type WorkContext, type WorkLimits, WorkQueue } from './work-queue.ts';

export interface WebhookOptions extends WorkLimits {
  readonly url: string;
  readonly events: readonly AssistantEventType[];
  /** Empty: requests are not signed. */
  readonly secret: string;
  /** Time for one answer. */
  readonly timeoutMs: number;
  /** Pause after the first failure; each further one doubles it up to the longest. */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** What the requests say who they are. */
  readonly userAgent: string;
}

interface Delivery {
  readonly id: string;
  readonly type: AssistantEventType;
  readonly body: string;
}

interface Failure {
  readonly reason: string;
  /** It is worth while to try again. */
  readonly mayPass: boolean;
}

/**
 * Posts events as JSON to an address. What fails for a reason that may pass (no answer, 408, 429, 5xx) is tried again
 * with the same `X-Earshot-Delivery` until it is too old. With a secret, `X-Earshot-Signature` is `sha256=` and the
 * HMAC of the body. Redirections are not followed: they would take transcripts elsewhere.
 */
export class Webhook implements Sink {
  readonly kind = 'webhook';
  readonly #options: WebhookOptions;
  readonly #tools: SinkTools;
  readonly #queue: WorkQueue<Delivery>;

  constructor(options: WebhookOptions, tools: SinkTools) {
    this.#options = options;
    this.#tools = tools;
    this.#queue = new WorkQueue({
      ...options,
      clock: tools.clock,
      run: (delivery, context) => this.#deliver(delivery, context),
      onOutcome: (outcome) => tools.metrics.delivered('webhook', outcome),
    });
  }

  get queued(): number {
    return this.#queue.length;
  }

  accept(event: AssistantEvent): void {
    if (!this.#options.events.includes(event.type)) return;
    this.#queue.push({ id: randomUUID(), type: event.type, body: JSON.stringify(event) });
  }

  close(graceMs: number): Promise<void> {
    return this.#queue.close(graceMs);
  }

  async #deliver(delivery: Delivery, { signal, deadlineMs }: WorkContext): Promise<DeliveryOutcome> {
    const { retryMinMs, retryMaxMs } = this.#options;
    const { clock, log } = this.#tools;
    for (let pauseMs = retryMinMs; !signal.aborted; pauseMs = Math.min(2 * pauseMs, retryMaxMs)) {
      const failure = await this.#post(delivery, signal);
      if (failure === null) return 'done';
      const { origin } = new URL(this.#options.url); // paths of webhooks are often secrets
      log.warn({ delivery: delivery.id, origin, reason: failure.reason }, 'webhook failed');
      if (!failure.mayPass) return 'failed';
      if (clock.uptime() + pauseMs > deadlineMs) return 'expired';
      await pauseUnlessAborted(clock, pauseMs, signal);
      if (clock.uptime() > deadlineMs) return 'expired'; // the machine has slept
    }
    return 'failed';
  }

  /** Null when it was taken. */
  async #post(delivery: Delivery, parent: AbortSignal): Promise<Failure | null> {
    const { url, timeoutMs } = this.#options;
    const { signal, release } = abortAfter(this.#tools.clock, timeoutMs, parent);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: this.#headers(delivery),
        body: delivery.body,
        redirect: 'manual',
        signal,
      });
      await response.body?.cancel(); // an answer that never ends is none of ours
      if (response.ok) return null;
      const { status } = response;
      return { reason: `status ${status}`, mayPass: status >= 500 || status === 408 || status === 429 };
    } catch (error) {
      if (parent.aborted) return { reason: 'the daemon is stopping', mayPass: false };
      const { message, cause } = error as Error & { cause?: { code?: string } };
      const reason = signal.aborted ? `no answer within ${timeoutMs} ms` : (cause?.code ?? message);
      return { reason, mayPass: true };
    } finally {
      release();
    }
  }

  #headers({ id, type, body }: Delivery): Record<string, string> {
    const { secret, userAgent } = this.#options;
    const digest = () => createHmac('sha256', secret).update(body).digest('hex');
    return {
      'Content-Type': 'application/json',
      'User-Agent': userAgent,
      'X-Earshot-Event': type,
      'X-Earshot-Delivery': id,
      ...(secret === '' ? {} : { 'X-Earshot-Signature': `sha256=${digest()}` }),
    };
  }
}
