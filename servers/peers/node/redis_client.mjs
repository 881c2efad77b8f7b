// A client of whatever speaks RESP2, as small as one can be: commands and their replies in order.
import net from 'node:net';
import { Reader, Refusal, array } from './resp.mjs';
import { MOST_REQUEST_BYTES } from './limits.mjs';

export class RedisClient {
  #socket;
  #reader = new Reader(4 * MOST_REQUEST_BYTES);
  #waiting = []; // what takes each reply that is to come
  #first = 0; // the next of them
  #onPush;

  // `onPush(words)` takes what nobody asked for; `onEnd(error)` hears that the connection is over.
  constructor(socket, onPush, onEnd) {
    this.#socket = socket;
    this.#onPush = onPush;
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', onEnd);
    socket.on('close', () => onEnd(new Error('the connection to the backend is closed')));
  }

  // Resolves when connected; rejects when nobody listens there.
  static connect(port, onPush, onEnd) {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RedisClient(socket, onPush, onEnd));
      });
    });
  }

  // Sends a command; `done(reply)` is called with its reply, in the order of the commands.
  send(words, done) {
    this.#waiting.push(done);
    this.#socket.write(array(...words));
  }

  #take(bytes) {
    this.#reader.feed(bytes);
    for (let value = this.#reader.next(); value !== undefined; value = this.#reader.next()) {
      if (value instanceof Refusal) throw new Error(`the backend refused a command: ${value.text}`);
      if (Array.isArray(value) && value[0].toString() === 'message') this.#onPush(value);
      else this.#reply(value);
    }
  }

  #reply(value) {
    const done = this.#waiting[this.#first++];
    if (this.#first === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#first = 0;
    }
    done(value);
  }
}
