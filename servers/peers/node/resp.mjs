// RESP2 (https://redis.io/docs/reference/protocol-spec), as servers and clients read and write it.

const MOST_ELEMENTS = 1024;
const MOST_LINE_BYTES = 64 << 10;
const MOST_DEPTH = 4;
const CR_LF = Buffer.from('\r\n');

export class ProtocolError extends Error {}

// What a server answered with an error.
export class Refusal {
  constructor(text) { this.text = text; }
}

// Collects bytes as they arrive and gives out whole values: strings, numbers, Buffers, arrays of them, Refusals.
// With `inline`, a line that is no value is a command of words, as a person types it.
export class Reader {
  constructor(mostBytes, inline = false) {
    this.mostBytes = mostBytes;
    this.inline = inline;
    this.bytes = Buffer.alloc(0);
    this.at = 0;
  }

  feed(bytes) {
    this.bytes = this.at === this.bytes.length ? bytes : Buffer.concat([this.bytes.subarray(this.at), bytes]);
    this.at = 0;
  }

  // The next value; undefined where it has not come in full. Throws ProtocolError.
  next() {
    const begin = this.at;
    const value = begin < this.bytes.length ? this.value(MOST_DEPTH) : undefined;
    if (value !== undefined) return value;
    this.at = begin;
    if (this.bytes.length - begin > this.mostBytes) throw new ProtocolError(`longer than ${this.mostBytes} bytes`);
    return undefined;
  }

  line() {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) {
      if (this.bytes.length - this.at > MOST_LINE_BYTES) throw new ProtocolError('a line is too long');
      return undefined;
    }
    const line = this.bytes.toString('latin1', this.at, this.bytes[end - 1] === 13 ? end - 1 : end);
    this.at = end + 1;
    return line;
  }

  value(depth) {
    const line = this.line();
    if (line === undefined) return undefined;
    switch (line[0]) {
      case '*': return this.array(lengthIn(line, MOST_ELEMENTS), depth);
      case '$': return this.bulk(lengthIn(line, this.mostBytes));
      case ':': return Number(line.slice(1));
      case '+': return line.slice(1);
      case '-': return new Refusal(line.slice(1));
    }
    if (!this.inline || depth < MOST_DEPTH) throw new ProtocolError('no RESP2');
    return line.split(' ').filter(Boolean).map((word) => Buffer.from(word, 'latin1'));
  }

  bulk(length) {
    if (length < 0) return null;
    const end = this.at + length;
    if (this.bytes.length < end + 2) return undefined;
    const bulk = this.bytes.subarray(this.at, end);
    this.at = end + 2;
    return bulk;
  }

  array(length, depth) {
    if (depth === 0) throw new ProtocolError('arrays too deep in one another');
    const elements = [];
    for (let i = 0; i < length; i++) {
      const element = this.value(depth - 1);
      if (element === undefined) return undefined;
      elements.push(element);
    }
    return elements;
  }
}

function lengthIn(line, most) {
  const length = Number(line.slice(1));
  if (!Number.isInteger(length) || length < -1 || length > most) {
    throw new ProtocolError(`a length must be from -1 to ${most}`);
  }
  return length;
}

// Words are strings or Buffers.
export function array(...words) {
  const parts = [Buffer.from(`*${words.length}\r\n`)];
  for (const word of words) parts.push(Buffer.from(`$${Buffer.byteLength(word)}\r\n`), Buffer.from(word), CR_LF);
  return Buffer.concat(parts);
}

export const bulk = (text) => Buffer.concat([Buffer.from(`$${text.length}\r\n`), text, CR_LF]);

export const error = (text) => `-ERR ${text.replace(/[\r\n]/g, ' ')}\r\n`;

// What confirms SUBSCRIBE and UNSUBSCRIBE.
export function subscription(kind, topic, count) {
  return `*3\r\n$${kind.length}\r\n${kind}\r\n$${Buffer.byteLength(topic)}\r\n${topic}\r\n:${count}\r\n`;
}
