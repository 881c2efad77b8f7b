// The process keeps topics and clients itself.
import { Topics } from './topics.mjs';

export class Monolith {
  #topics = new Topics();
  #encode;

  // `encode(topic, payload)` makes the bytes that a member receives.
  constructor(encode) { this.#encode = encode; }

  // Calls `confirmed` when the member receives what is published from then on.
  join(topic, member, confirmed) {
    this.#topics.join(topic, member);
    confirmed();
  }

  leave(topic, member) { this.#topics.leave(topic, member); }

  // Calls `done` with the number of receivers.
  publish(topic, payload, done) { done(this.#topics.deliver(topic, () => this.#encode(topic, payload))); }
}
