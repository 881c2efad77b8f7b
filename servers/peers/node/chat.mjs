// Publish/subscribe over RESP2, so that any Redis client talks to it.
import net from 'node:net';
import { ProtocolError, Reader, array, bulk, error, subscription } from './resp.mjs';
import { BACKLOG, MOST_QUEUED_BYTES, MOST_REQUEST_BYTES, MOST_TOPICS, MOST_TOPIC_BYTES } from './limits.mjs';

const WHILE_SUBSCRIBED = new Set(['SUBSCRIBE', 'UNSUBSCRIBE', 'PING', 'QUIT']);

export const encode = (topic, payload) => array('message', topic, payload);

class Client {
  #socket;
  #distribution;
  #reader = new Reader(MOST_REQUEST_BYTES, true);
  #topics = new Set();
  #answers = []; // of commands, in their order; undefined: not known yet

  constructor(socket, distribution) {
    this.#socket = socket;
    this.#distribution = distribution;
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', () => {}); // the client left without a word; 'close' follows
    socket.on('close', () => this.#leave());
  }

  // Who does not read in time is left, so that what waits for a client is bounded.
  write(bytes) {
    if (this.#socket.writableLength > MOST_QUEUED_BYTES) this.#socket.destroy();
    else this.#socket.write(bytes);
  }

  #take(bytes) {
    this.#reader.feed(bytes);
    try {
      for (let words = this.#reader.next(); words !== undefined; words = this.#reader.next()) this.#run(words);
    } catch (wrong) {
      if (!(wrong instanceof ProtocolError)) throw wrong;
      this.write(error(`Protocol error: ${wrong.message}`));
      this.#socket.end();
    }
  }

  #leave() {
    for (const topic of this.#topics) this.#distribution.leave(topic, this);
    this.#topics.clear();
  }

  // A place in the order of answers, and what gives the answer that belongs there.
  #answer() {
    const answer = { bytes: undefined };
    this.#answers.push(answer);
    return (bytes) => {
      answer.bytes = bytes;
      while (this.#answers.length > 0 && this.#answers[0].bytes !== undefined) this.write(this.#answers.shift().bytes);
    };
  }

  #run(words) {
    const isCommand = Array.isArray(words) && words.every(Buffer.isBuffer);
    if (!isCommand) throw new ProtocolError('a command is an array of strings');
    if (words.length === 0) return;
    const name = words[0].toString().toUpperCase();
    const rest = words.slice(1);
    if (this.#topics.size > 0 && !WHILE_SUBSCRIBED.has(name)) {
      this.#answer()(error('only SUBSCRIBE / UNSUBSCRIBE / PING / QUIT are allowed in this context'));
    } else if (name === 'PUBLISH' && rest.length === 2) {
      const answer = this.#answer();
      this.#distribution.publish(rest[0].toString(), rest[1], (receivers) => answer(`:${receivers}\r\n`));
    } else if (name === 'SUBSCRIBE' && rest.length > 0) {
      for (const topic of rest) this.#subscribe(topic.toString());
    } else if (name === 'UNSUBSCRIBE') {
      for (const topic of rest.length > 0 ? rest.map(String) : [...this.#topics]) this.#unsubscribe(topic);
    } else if (name === 'PING' && rest.length < 2) {
      this.#answer()(this.#pong(rest[0]));
    } else if (name === 'ECHO' && rest.length === 1) {
      this.#answer()(bulk(rest[0]));
    } else if (name === 'QUIT') {
      this.#answer()('+OK\r\n');
      this.#socket.end();
    } else {
      this.#answer()(error('unknown command, or the wrong number of arguments'));
    }
  }

  #pong(text) {
    if (this.#topics.size > 0) return array('pong', text ?? '');
    return text ? bulk(text) : '+PONG\r\n';
  }

  #subscribe(topic) {
    const answer = this.#answer();
    if (this.#topics.size >= MOST_TOPICS || Buffer.byteLength(topic) > MOST_TOPIC_BYTES) {
      answer(error(`at most ${MOST_TOPICS} topics of at most ${MOST_TOPIC_BYTES} bytes`));
      return;
    }
    this.#topics.add(topic);
    const count = this.#topics.size;
    this.#distribution.join(topic, this, () => answer(subscription('subscribe', topic, count)));
  }

  #unsubscribe(topic) {
    if (this.#topics.delete(topic)) this.#distribution.leave(topic, this);
    this.#answer()(subscription('unsubscribe', topic, this.#topics.size));
  }
}

// Listens and resolves to the port.
export function serve(address, port, distribution) {
  return new Promise((resolve, reject) => {
    const server = net.createServer({ noDelay: true }, (socket) => new Client(socket, distribution));
    server.once('error', reject);
    server.listen({ host: address, port, backlog: BACKLOG }, () => resolve(server.address().port));
  });
}
