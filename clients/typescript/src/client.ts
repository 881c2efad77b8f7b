import { errorOf } from './error.js';
import { Subscription } from './subscription.js';
import type { Message, SubscribeOptions } from './subscription.js';

export interface ClientOptions {
  /** Instead of the global fetch: for tests, proxies, or headers of your own. */
  fetch?: typeof fetch;
}

export interface Published {
  readonly id: string;
  /** Subscribers at that moment, of every protocol. */
  readonly receivers: number;
}

export interface TopicSummary {
  readonly topic: string;
  readonly subscribers: number;
}

export interface TopicInfo extends TopicSummary {
  /** Messages that the server keeps. */
  readonly history: number;
  readonly last_id: string;
}

/** Talks to the web gateway of `threadmill-server` (--service web, or --web PORT beside a chat). */
export class ThreadmillClient {
  readonly #base: URL;
  readonly #fetch: typeof fetch;

  /** `base`: 'http://127.0.0.1:8080'. Throws a TypeError for what is no URL. */
  constructor(base: string | URL, options: ClientOptions = {}) {
    this.#base = new URL(base);
    const given = options.fetch;
    // Called as a plain function: a browser's fetch refuses another this.
    this.#fetch = given ?? ((input: RequestInfo | URL, init?: RequestInit) => fetch(input, init));
  }

  async topics(): Promise<TopicSummary[]> {
    const answer = await this.#json<{ topics: TopicSummary[] }>('GET', '/topics');
    return answer.topics;
  }

  /** Throws a ThreadmillError of status 404 when there is none. */
  async topic(name: string): Promise<TopicInfo> {
    return this.#json<TopicInfo>('GET', topicPath(name));
  }

  /** So that its history starts now; publishing and subscribing create a topic too. */
  async createTopic(name: string): Promise<void> {
    await this.#request('PUT', topicPath(name));
  }

  async deleteTopic(name: string): Promise<void> {
    await this.#request('DELETE', topicPath(name));
  }

  async publish(topic: string, data: string): Promise<Published> {
    return this.#json<Published>('POST', `${topicPath(topic)}/messages`, JSON.stringify({ data }));
  }

  /** Calls `onMessage` for each message of the topics, in order, until the subscription is closed. */
  subscribe(
    topics: string | readonly string[],
    onMessage: (message: Message) => void,
    options: SubscribeOptions = {},
  ): Subscription {
    const url = this.#url('/events');
    for (const topic of typeof topics === 'string' ? [topics] : topics) url.searchParams.append('topic', topic);
    return new Subscription(url, this.#fetch, onMessage, options);
  }

  #url(path: string): URL {
    return new URL(path, this.#base);
  }

  async #request(method: string, path: string, body?: string): Promise<Response> {
    const content = body === undefined ? {} : { body, headers: { 'Content-Type': 'application/json' } };
    const response = await this.#fetch(this.#url(path), { method, ...content });
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  async #json<Answer>(method: string, path: string, body?: string): Promise<Answer> {
    const response = await this.#request(method, path, body);
    return (await response.json()) as Answer;
  }
}

const topicPath = (name: string): string => `/topics/${encodeURIComponent(name)}`;
