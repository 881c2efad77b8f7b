/** One event of a stream, as the server sent it. */
export interface ServerEvent {
  /** "message" unless the server named another. */
  readonly type: string;
  readonly data: string;
}

// An event longer than any that the server takes is no event.
const MOST_CHARACTERS = 64 << 20;

/** Reads server-sent events (WHATWG HTML, section 9.2) from text as it arrives, split anywhere. */
export class SseParser {
  /** Of the latest whole block, as a client has to send it when it resumes; empty: none came. */
  lastId: string;
  #rest = '';
  #id: string;
  #type = '';
  #data: string[] = [];
  #afterReturn = false;

  /** `lastId`: of the stream before, which this one resumes. */
  constructor(lastId = '') {
    this.lastId = lastId;
    this.#id = lastId;
  }

  /** Takes more text; returns the events that it completed, each with the id that holds behind it. */
  push(text: string): { event: ServerEvent; id: string }[] {
    const found: { event: ServerEvent; id: string }[] = [];
    if (text === '') return found;
    let input = this.#rest + text;
    // A line may end in CR LF, and the LF may come later than the CR.
    if (this.#afterReturn && input.startsWith('\n')) input = input.slice(1);
    this.#afterReturn = text.endsWith('\r');
    const lines = input.split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MOST_CHARACTERS) throw new Error('the event stream has a line without an end');
    for (const line of lines) {
      const event = this.#line(line);
      if (event) found.push({ event, id: this.lastId });
    }
    return found;
  }

  #line(line: string): ServerEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#type = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    return undefined;
  }

  #dispatch(): ServerEvent | undefined {
    this.lastId = this.#id;
    const data = this.#data;
    const type = this.#type || 'message';
    this.#data = [];
    this.#type = '';
    return data.length === 0 ? undefined : { type, data: data.join('\n') };
  }
}
