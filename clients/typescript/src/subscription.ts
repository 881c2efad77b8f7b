import { errorOf, ThreadmillError } from './error.js';
import { SseParser } from './sse.js';
import type { ServerEvent } from './sse.js';

export interface Message {
  readonly topic: string;
  readonly data: string;
  /** Unique in one run of the server; a subscription can resume from it (`after`). */
  readonly id: string;
}

/** connecting: not yet, or not any more; open: messages arrive; closed: for good. */
export type StreamState = 'connecting' | 'open' | 'closed';

/** lost: messages were missed that the server no longer has. */
export type GapReason = 'lost';

export interface SubscribeOptions {
  /** Begin behind this id; '0': with all that the server has kept. As if not given: with what is published from now on. */
  after?: string;
  onState?: (state: StreamState) => void;
  /** Some messages were missed: their history had gone, or the server is another one. */
  onGap?: (reason: GapReason) => void;
  /** Each failed attempt; trying goes on unless the server refused for good (status 4xx). */
  onError?: (error: Error) => void;
  /** The first wait before a new attempt, in ms; it doubles up to 15 s. Default 250. */
  retryMs?: number;
  /** A connection that is silent for longer is taken for dead, in ms. Longer than the server's --web-heartbeat (15 s). Default 45000. */
  silenceMs?: number;
  signal?: AbortSignal;
}

const LONGEST_RETRY_MS = 15_000;

/**
 * A stream of messages that survives broken connections: it connects anew and resumes behind the last message. What comes
 * twice is dropped. Ends with close(), with the signal of its options, or when the server refuses it for good.
 */
export class Subscription {
  readonly #url: URL;
  readonly #fetch: typeof fetch;
  readonly #onMessage: (message: Message) => void;
  readonly #options: SubscribeOptions;
  readonly #end = new AbortController();
  readonly #seen = new Map<string, { epoch: string; number: number }>();
  #after: string;
  #state: StreamState = 'connecting';
  #retryMs: number;

  /** Settles when the subscription has ended: resolved by close(), rejected when the server refused it for good. */
  readonly closed: Promise<void>;

  /** @internal Use ThreadmillClient.subscribe(). */
  constructor(
    url: URL,
    fetchFunction: typeof fetch,
    onMessage: (message: Message) => void,
    options: SubscribeOptions,
  ) {
    this.#url = url;
    this.#fetch = fetchFunction;
    this.#onMessage = onMessage;
    this.#options = options;
    this.#after = options.after ?? '';
    this.#retryMs = options.retryMs ?? 250;
    if (options.signal?.aborted) this.#end.abort();
    options.signal?.addEventListener('abort', () => this.close(), { once: true });
    this.closed = this.#run();
    // Whoever does not ask how it ended must not be told by an unhandled rejection.
    this.closed.catch(() => undefined);
  }

  get state(): StreamState {
    return this.#state;
  }

  /** The id behind which a new subscription would go on; empty before the first connection. */
  get lastId(): string {
    return this.#after;
  }

  close(): void {
    this.#end.abort();
  }

  async #run(): Promise<void> {
    const firstRetryMs = this.#retryMs;
    try {
      while (!this.#end.signal.aborted) {
        try {
          await this.#receive(() => {
            this.#retryMs = firstRetryMs;
          });
        } catch (error) {
          if (this.#end.signal.aborted) return;
          const failure = error instanceof Error ? error : new Error(String(error));
          this.#options.onError?.(failure);
          if (failure instanceof ThreadmillError && failure.status >= 400 && failure.status < 500) throw failure;
        }
        this.#become('connecting');
        await this.#pause();
      }
    } finally {
      this.#become('closed');
    }
  }

  /** One connection, until it ends. */
  async #receive(onOpen: () => void): Promise<void> {
    const connection = new AbortController();
    const abort = (): void => connection.abort();
    this.#end.signal.addEventListener('abort', abort);
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(abort, this.#options.silenceMs ?? 45_000);
    };
    try {
      heard();
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (this.#after) headers['Last-Event-ID'] = this.#after;
      const response = await this.#fetch(this.#url, { headers, signal: connection.signal, cache: 'no-store' });
      if (!response.ok) throw await errorOf(response);
      if (!response.body) throw new Error('the event stream has no body');
      onOpen();
      this.#become('open');
      const parser = new SseParser(this.#after);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        heard();
        for (const { event, id } of parser.push(value)) this.#take(event, id);
        if (parser.lastId) this.#after = parser.lastId;
      }
    } finally {
      clearTimeout(silence);
      this.#end.signal.removeEventListener('abort', abort);
      connection.abort();
    }
  }

  #take(event: ServerEvent, id: string): void {
    if (event.type === 'gap') {
      this.#options.onGap?.('lost');
      return;
    }
    if (event.type !== 'message') return;
    const message = JSON.parse(event.data) as { topic: string; data: string };
    if (this.#isRepeated(message.topic, id)) return;
    this.#after = id;
    this.#onMessage({ topic: message.topic, data: message.data, id });
  }

  /** An id is "EPOCH-NUMBER", and numbers grow. */
  #isRepeated(topic: string, id: string): boolean {
    const dash = id.lastIndexOf('-');
    const now = { epoch: id.slice(0, dash), number: Number(id.slice(dash + 1)) };
    const before = this.#seen.get(topic);
    if (before && before.epoch === now.epoch && before.number >= now.number) return true;
    this.#seen.set(topic, now);
    return false;
  }

  #become(state: StreamState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }

  /** Before a new attempt: longer each time, and not the same for all clients of a server that comes back. */
  async #pause(): Promise<void> {
    const waitMs = this.#retryMs * (0.5 + Math.random());
    this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
    const { signal } = this.#end;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(finish, waitMs);
      function finish(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      }
      signal.addEventListener('abort', finish);
    });
  }
}
