// What pages say to each other over topics, and who is here. No DOM and no network in it.
//
// A room is a topic, a private conversation with NAME the topic @NAME, which NAME's page listens to. Messages are JSON:
//   say {id, from, text}     join, here, leave {from, client}     taken {of}: that client's name is in use     got {id, from}

// Who was not heard of for so long is not here any more.
export const ABSENT_AFTER_MS = 60_000;
export const HERE_EVERY_MS = 20_000;
// Each receipt goes to all: in larger rooms nobody sends them.
export const MOST_RECEIPTS = 12;

// One stream has at most 64 topics (WebLimits in servers/core/http_session.h): rooms, and the person's own.
export const MOST_ROOMS = 63;

export const privateTopic = (name) => `@${name}`;
export const isPrivate = (topic) => topic.startsWith('@');

/** Why a name or a room cannot be called so; empty when it can. */
export function faultOf(name) {
  if (!name.trim()) return 'A name has at least one letter.';
  if (name.startsWith('@') || name.startsWith('/')) return 'A name does not begin with @ or /.';
  return /[\u0000-\u001f\u007f]/.test(name) ? 'A name has no control characters.' : '';
}

/** Why somebody who is in `rooms` cannot enter `room`, too; empty when they can. */
export function faultOfAnother(room, rooms) {
  if (rooms.length >= MOST_ROOMS && !rooms.includes(room)) return `You are in ${MOST_ROOMS} rooms, which is the limit.`;
  return faultOf(room);
}

const isOurs = (message) =>
  typeof message === 'object' &&
  message !== null &&
  typeof message.kind === 'string' &&
  (message.from === undefined || (typeof message.from === 'string' && message.from.length <= 200));

/** What a page, or anybody else who publishes to the topic, has said. */
export function readMessage(text) {
  try {
    const message = JSON.parse(text);
    if (isOurs(message)) return message;
  } catch {
    // not one of ours
  }
  return { kind: 'say', from: '', text };
}

/** Who is in each room. */
export class Presence {
  #heard = new Map();

  /** Notes a sign of life; true when that person was not here before. */
  note(room, name, now) {
    const people = this.#heard.get(room) ?? new Map();
    this.#heard.set(room, people);
    const isNew = !people.has(name);
    people.set(name, now);
    return isNew;
  }

  /** True when that person was here. */
  remove(room, name) {
    return this.#heard.get(room)?.delete(name) ?? false;
  }

  forget(room) {
    this.#heard.delete(room);
  }

  /** Forgets who was silent for too long, and returns them. */
  expire(room, now) {
    const gone = [];
    for (const [name, heard] of this.#heard.get(room) ?? []) if (now - heard > ABSENT_AFTER_MS) gone.push(name);
    for (const name of gone) this.remove(room, name);
    return gone;
  }

  people(room) {
    return [...(this.#heard.get(room)?.keys() ?? [])].sort((a, b) => a.localeCompare(b));
  }
}
