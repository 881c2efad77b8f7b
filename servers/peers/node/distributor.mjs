// The process keeps its own clients; messages travel through a backend that speaks RESP2, so that further processes
// could serve further clients. Publishing and subscribing take a connection each, as RESP2 wants it.
import { Topics } from './topics.mjs';
import { RedisClient } from './redis_client.mjs';

export class Distributor {
  #topics = new Topics();
  #encode;
  #publisher;
  #subscriber;
  #subscribed = new Map(); // topic -> what to call when the backend confirms; null: it has

  // `encode(topic, payload)` makes the bytes that a member receives.
  constructor(encode) { this.#encode = encode; }

  // `onEnd(error)` hears that a connection to the backend is over.
  async connect(port, onEnd) {
    this.#publisher = await RedisClient.connect(port, () => {}, onEnd);
    this.#subscriber = await RedisClient.connect(port, (words) => this.#deliver(words), onEnd);
  }

  // Calls `confirmed` when the member receives what is published from then on.
  join(topic, member, confirmed) {
    this.#topics.join(topic, member);
    const waiting = this.#subscribed.get(topic);
    if (waiting === null) confirmed();
    else if (waiting) waiting.push(confirmed);
    else this.#subscribe(topic, confirmed);
  }

  leave(topic, member) {
    this.#topics.leave(topic, member);
    if (this.#topics.count(topic) > 0 || !this.#subscribed.delete(topic)) return;
    this.#subscriber.send(['UNSUBSCRIBE', topic], () => {});
  }

  // Calls `done`, when the backend has it, with the number of receivers here.
  publish(topic, payload, done) {
    this.#publisher.send(['PUBLISH', topic, payload], () => done(this.#topics.count(topic)));
  }

  #subscribe(topic, confirmed) {
    const waiting = [confirmed];
    this.#subscribed.set(topic, waiting);
    this.#subscriber.send(['SUBSCRIBE', topic], () => {
      if (this.#subscribed.get(topic) === waiting) this.#subscribed.set(topic, null);
      for (const call of waiting) call();
    });
  }

  #deliver([, name, payload]) {
    const topic = name.toString();
    this.#topics.deliver(topic, () => this.#encode(topic, payload));
  }
}
