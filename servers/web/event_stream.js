// Messages of several topics over connections that break: connects anew, resumes, and drops what comes twice.

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/** "EPOCH-NUMBER", as the server's ids are. */
function parseId(id) {
  const dash = id.lastIndexOf('-');
  return { epoch: id.slice(0, dash), number: Number(id.slice(dash + 1)) };
}

export class EventStream {
  #handlers;
  #topics = [];
  #source = null;
  #older = [];
  #latest = null;
  #seen = new Map();
  #delayMs = FIRST_DELAY_MS;
  #timer = 0;

  /** `handlers`: onMessage(topic, text), onState('here' | 'away'), onGap(): messages were lost. */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  /** From now on these topics. The stream before is read until the new one is open, so that nothing is missed. */
  subscribe(topics) {
    this.#topics = [...topics];
    this.#open();
  }

  close() {
    clearTimeout(this.#timer);
    for (const source of [this.#source, ...this.#older]) source?.close();
    this.#source = null;
    this.#older = [];
  }

  #open() {
    clearTimeout(this.#timer);
    const url = new URL('/events', location.href);
    for (const topic of this.#topics) url.searchParams.append('topic', topic);
    if (this.#latest) url.searchParams.set('after', `${this.#latest.epoch}-${this.#latest.number}`);
    const source = new EventSource(url);
    if (this.#source) this.#older.push(this.#source);
    this.#source = source;
    source.onopen = () => this.#opened(source);
    source.onmessage = (event) => this.#take(event);
    source.addEventListener('here', (event) => this.#note(parseId(event.lastEventId)));
    source.addEventListener('gap', () => this.#handlers.onGap());
    source.onerror = () => this.#failed(source);
  }

  #opened(source) {
    if (source !== this.#source) return;
    for (const older of this.#older) older.close();
    this.#older = [];
    this.#delayMs = FIRST_DELAY_MS;
    this.#handlers.onState('here');
  }

  #failed(source) {
    if (source !== this.#source) return;
    this.#handlers.onState('away');
    // The browser tries again by itself, unless the server refused.
    if (source.readyState !== EventSource.CLOSED) return;
    this.#timer = setTimeout(() => this.#open(), this.#delayMs * (0.5 + Math.random()));
    this.#delayMs = Math.min(2 * this.#delayMs, LONGEST_DELAY_MS);
  }

  /** How far the stream has come: where a new one resumes. */
  #note(id) {
    if (this.#latest?.epoch !== id.epoch || this.#latest.number < id.number) this.#latest = id;
  }

  #take(event) {
    const { topic, data } = JSON.parse(event.data);
    const id = parseId(event.lastEventId);
    const before = this.#seen.get(topic);
    if (before && before.epoch === id.epoch && before.number >= id.number) return;
    this.#seen.set(topic, id);
    this.#note(id);
    this.#handlers.onMessage(topic, data);
  }
}

/** Publishes; the answer says to how many. Throws an Error with the server's own words. */
export async function publish(topic, text, options = {}) {
  const response = await fetch(`/topics/${encodeURIComponent(topic)}/messages`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ data: text }),
    ...options,
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer.receivers;
}
