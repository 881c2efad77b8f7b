// Who has subscribed to what in this process.

export class Topics {
  #members = new Map(); // topic -> Set of members

  join(topic, member) {
    const members = this.#members.get(topic);
    if (members) members.add(member);
    else this.#members.set(topic, new Set([member]));
  }

  leave(topic, member) {
    const members = this.#members.get(topic);
    members?.delete(member);
    if (members?.size === 0) this.#members.delete(topic);
  }

  count(topic) { return this.#members.get(topic)?.size ?? 0; }

  // A member has write(bytes). `encode` makes the bytes, once for all. Returns how many members there are.
  deliver(topic, encode) {
    const members = this.#members.get(topic);
    if (!members) return 0;
    const bytes = encode();
    for (const member of members) member.write(bytes);
    return members.size;
  }
}
