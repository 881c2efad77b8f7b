// The chat page: rooms, names, private messages, who is here, delivery ticks.

import { EventStream, publish } from './event_stream.js';
import { faultOf, faultOfAnother, HERE_EVERY_MS, isPrivate, MOST_RECEIPTS, Presence, privateTopic, readMessage } from './room.js';

const MOST_MESSAGES = 500;

const at = (id) => document.getElementById(id);
const client = crypto.getRandomValues(new Uint32Array(2)).join('-');
const presence = new Presence();
const conversations = new Map(); // by topic: { topic, lines, unread }
const receipts = new Map(); // by message id: the line that waits for them
let me = '';
let current = '';
let announced = false;
let nextId = 1;

const stream = new EventStream({
  onMessage: receive,
  onState(state) {
    at('connection').dataset.state = state;
    at('connection').textContent = state === 'here' ? 'connected' : 'connection lost; trying again';
    if (state === 'here') announce();
  },
  onGap: () => notice(current, 'Some messages were missed.'),
});

const rooms = () => [...conversations.keys()].filter((topic) => !isPrivate(topic));

function tell(topic, message, options) {
  return publish(topic, JSON.stringify({ from: me, client, ...message }), options);
}

/** For what is of no use when it is late: the next one comes. */
function mention(topic, message, options) {
  tell(topic, message, options).catch(() => {});
}

function listen() {
  announced = false;
  stream.subscribe([...rooms(), privateTopic(me)]);
}

/** Once we hear the answers. */
function announce() {
  if (announced) return;
  announced = true;
  for (const room of rooms()) mention(room, { kind: 'join' });
}

// ---- what arrives ----

function receive(topic, text) {
  const message = readMessage(text);
  const conversation = topic === privateTopic(me) ? privateTopic(message.from ?? '') : topic;
  const own = message.client === client;
  switch (message.kind) {
    case 'say':
      if (!own) hear(topic, conversation, message);
      break;
    case 'join':
      if (own) see(topic, me);
      else joined(topic, message);
      break;
    case 'here':
      see(topic, message.from);
      break;
    case 'leave':
      if (!own && presence.remove(topic, message.from)) notice(topic, `${message.from} has left.`);
      break;
    case 'taken':
      if (message.of === client && !own) leave(`The name ${me} is taken; choose another.`, false);
      break;
    case 'got':
      if (!own) tick(message.id, message.from);
      break;
  }
  showPeople();
}

function hear(topic, conversation, message) {
  addLine(conversation, { from: message.from || 'somebody', text: String(message.text) });
  if (!isPrivate(topic) && message.from) see(topic, message.from);
  if (message.id === undefined || !message.from) return;
  if (isPrivate(topic)) mention(privateTopic(message.from), { kind: 'got', id: message.id });
  else if (presence.people(topic).length <= MOST_RECEIPTS) mention(topic, { kind: 'got', id: message.id });
}

function joined(room, message) {
  if (message.from === me) {
    mention(room, { kind: 'taken', of: message.client });
    return;
  }
  if (presence.note(room, message.from, Date.now())) notice(room, `${message.from} has joined.`);
  mention(room, { kind: 'here' });
}

function see(room, name) {
  if (typeof name === 'string' && name && conversations.has(room)) presence.note(room, name, Date.now());
}

// ---- what is said ----

async function say(text) {
  const topic = current;
  const line = addLine(topic, { from: me, text, own: true });
  const id = `${client}-${nextId++}`;
  receipts.set(id, line);
  if (receipts.size > MOST_MESSAGES) receipts.delete(receipts.keys().next().value);
  try {
    const receivers = await tell(topic, { kind: 'say', id, text });
    const others = isPrivate(topic) ? receivers : receivers - 1;
    if (others > 0) mark(line, '✓', 'received by the server');
    else mark(line, '✓', 'received by the server; nobody else is here');
    if (line.gotBy.size > 0) markGot(line);
  } catch (error) {
    mark(line, '✗ not sent', error.message);
    line.failed = true;
    show();
  }
}

function tick(id, name) {
  const line = receipts.get(id);
  if (!line || typeof name !== 'string') return;
  line.gotBy.add(name);
  markGot(line);
}

const markGot = (line) => mark(line, '✓✓', `received by ${[...line.gotBy].join(', ')}`);

function mark(line, tickText, title) {
  line.tick = tickText;
  line.title = title;
  show();
}

// ---- conversations ----

function conversationOf(topic) {
  if (!conversations.has(topic)) conversations.set(topic, { topic, lines: [], unread: 0 });
  return conversations.get(topic);
}

function addLine(topic, line) {
  const conversation = conversationOf(topic);
  const whole = { gotBy: new Set(), ...line };
  conversation.lines.push(whole);
  if (conversation.lines.length > MOST_MESSAGES) conversation.lines.shift();
  if (topic !== current) ++conversation.unread;
  show();
  return whole;
}

function notice(topic, text) {
  if (conversations.has(topic)) addLine(topic, { text, notice: true });
}

function turnTo(topic) {
  current = topic;
  conversationOf(topic).unread = 0;
  show();
  at('text').focus();
}

function joinRoom(room) {
  if (conversations.has(room)) return turnTo(room);
  turnTo(room);
  listen();
}

/** Out of all rooms, to the entrance. `said`: the others are told; not when the name was never ours. */
function leave(reason, said = true) {
  if (said) sayGoodbye();
  stream.close();
  for (const room of rooms()) presence.forget(room);
  conversations.clear();
  receipts.clear();
  at('chat').hidden = true;
  at('entrance').hidden = false;
  at('refusal').textContent = reason;
  me = '';
}

function sayGoodbye() {
  for (const room of rooms()) mention(room, { kind: 'leave' }, { keepalive: true });
}

// ---- what is seen ----

function element(name, text, properties = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  return Object.assign(made, properties);
}

function lineElement(line) {
  const item = document.createElement('li');
  if (line.notice) {
    item.className = 'notice';
    item.textContent = line.text;
    return item;
  }
  item.classList.toggle('own', line.own === true);
  item.append(element('span', line.from, { className: 'from' }), element('span', line.text, { className: 'text' }));
  if (line.tick) item.append(element('span', line.tick, { className: line.failed ? 'tick failed' : 'tick', title: line.title }));
  return item;
}

function choice(text, chosen, act, unread = 0) {
  const button = element('button', text, { type: 'button', onclick: act });
  if (chosen) button.setAttribute('aria-current', 'true');
  if (unread > 0) button.dataset.unread = unread;
  const item = document.createElement('li');
  item.append(button);
  return item;
}

function showPeople() {
  const people = isPrivate(current) ? [] : presence.people(current);
  at('people').replaceChildren(
    ...people.map((name) => (name === me ? element('li', `${name} (you)`) : choice(name, false, () => turnTo(privateTopic(name))))),
  );
}

function show() {
  if (!conversations.has(current)) return;
  at('title').textContent = current;
  document.title = `${current} - chat`;
  at('conversations').replaceChildren(
    ...[...conversations.values()].map(({ topic, unread }) => choice(topic, topic === current, () => turnTo(topic), unread)),
  );
  const list = at('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.replaceChildren(...conversations.get(current).lines.map(lineElement));
  if (atEnd) list.scrollTop = list.scrollHeight;
  showPeople();
}

// ---- what people do ----

at('enter').addEventListener('submit', (event) => {
  event.preventDefault();
  const name = at('name').value.trim();
  const room = at('room').value.trim();
  const fault = faultOf(name) || faultOf(room);
  at('refusal').textContent = fault;
  if (fault) return;
  me = name;
  at('entrance').hidden = true;
  at('chat').hidden = false;
  at('connection').textContent = 'connecting';
  joinRoom(room);
});

at('join').addEventListener('submit', (event) => {
  event.preventDefault();
  const room = at('another').value.trim();
  const fault = faultOfAnother(room, rooms());
  if (fault) {
    notice(current, fault);
    return;
  }
  at('another').value = '';
  joinRoom(room);
});

at('say').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = at('text').value.trim();
  at('text').value = '';
  if (text === '/leave') leave('');
  else if (text) say(text);
});

addEventListener('pagehide', () => {
  if (me) sayGoodbye();
});

setInterval(() => {
  for (const room of rooms()) {
    for (const name of presence.expire(room, Date.now())) notice(room, `${name} is gone.`);
    mention(room, { kind: 'here' });
  }
  showPeople();
}, HERE_EVERY_MS);
