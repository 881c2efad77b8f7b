// The chat page of the web gateway as people use it: two browsers that talk.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { EventStream } from '../../servers/web/event_stream.js';
import { faultOfAnother, MOST_ROOMS } from '../../servers/web/room.js';
import { launch } from './browser.mjs';
import { cutOff, phone } from './views.mjs';
import { WebServer } from './web_server.mjs';

let browser;
let server;

before(async () => {
  browser = await launch();
  server = await WebServer.start();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A person with a browser of their own, in a room. */
async function enter(name, room, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, ...options });
  const page = await context.newPage();
  const misdeeds = [];
  page.on('pageerror', (error) => misdeeds.push(`error: ${error.message}`));
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && misdeeds.push(message.text()));
  page.on('dialog', (dialog) => {
    misdeeds.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => request.url().startsWith(server.url) || request.url().startsWith('data:') || misdeeds.push(request.url()));
  await page.goto(server.url);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Room', { exact: true }).fill(room);
  await page.getByRole('button', { name: 'Enter' }).click();
  return { context, page, misdeeds };
}

async function say(page, text) {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

const line = (page, text) => page.locator('#messages li', { hasText: text });
const person = (page, name) => page.locator('#people li', { hasText: name });

test('two people talk in a room and see who is here, and that it arrived', async () => {
  const ana = await enter('Ana', 'garden');
  await person(ana.page, 'Ana (you)').waitFor();
  const bia = await enter('Bia', 'garden');
  await line(ana.page, 'Bia has joined.').waitFor();
  await person(bia.page, 'Ana').waitFor();
  await person(ana.page, 'Bia').waitFor();

  await say(ana.page, 'good morning');
  await line(bia.page, 'good morning').waitFor();
  assert.match(await line(bia.page, 'good morning').innerText(), /^Ana/);
  await line(ana.page, 'good morning').locator('.tick', { hasText: '✓✓' }).waitFor();
  await say(bia.page, 'to you too');
  await line(ana.page, 'to you too').waitFor();

  await say(bia.page, '/leave');
  await line(ana.page, 'Bia has left.').waitFor();
  assert.deepEqual([...ana.misdeeds, ...bia.misdeeds], []);
  await ana.context.close();
  await bia.context.close();
});

test('a private message is for one person only', async () => {
  const people = await Promise.all(['Cleo', 'Dora', 'Eva'].map((name) => enter(name, 'hall')));
  const [cleo, dora, eva] = people;
  await person(cleo.page, 'Dora').waitFor();
  await person(cleo.page, 'Eva').waitFor();
  await cleo.page.getByRole('button', { name: 'Dora' }).click();
  await say(cleo.page, 'between us');
  await line(cleo.page, 'between us').locator('.tick', { hasText: '✓✓' }).waitFor();
  const conversation = dora.page.getByRole('button', { name: '@Cleo' });
  assert.equal(await conversation.getAttribute('data-unread'), '1');
  await conversation.click();
  await line(dora.page, 'between us').waitFor();
  await say(dora.page, 'yes');
  await line(cleo.page, 'yes').waitFor();
  assert.equal(await eva.page.getByText('between us').count(), 0);
  assert.equal(await eva.page.getByRole('button', { name: '@Cleo' }).count(), 0);
  for (const { context } of people) await context.close();
});

test('a name that is in use is refused', async () => {
  const first = await enter('Fay', 'attic');
  await person(first.page, 'Fay (you)').waitFor();
  const second = await enter('Fay', 'attic');
  await second.page.getByText('The name Fay is taken').waitFor();
  assert.equal(await person(first.page, 'Fay').count(), 1);
  await first.context.close();
  await second.context.close();
});

test('a further room that cannot be entered is refused with the reason', async () => {
  const hugo = await enter('Hugo', 'attic');
  await person(hugo.page, 'Hugo (you)').waitFor();
  const enterAnother = async (room) => {
    await hugo.page.locator('#another').fill(room);
    await hugo.page.locator('#another').press('Enter');
  };
  await enterAnother('@Cleo');
  await line(hugo.page, 'A name does not begin with @ or /.').waitFor();
  await enterAnother('cellar');
  await hugo.page.locator('#title', { hasText: 'cellar' }).waitFor();
  await hugo.context.close();
});

test('a page that has heard nothing resumes where its stream began', async () => {
  const sources = [];
  globalThis.location = { href: 'http://localhost/' };
  globalThis.EventSource = class extends EventTarget {
    static CLOSED = 2;
    constructor(url) {
      super();
      this.url = url;
      sources.push(this);
    }
    close() {}
  };
  const stream = new EventStream({ onMessage() {}, onState() {}, onGap() {} });
  stream.subscribe(['garden']);
  sources[0].dispatchEvent(Object.assign(new Event('here'), { lastEventId: 'e-7' }));
  sources[0].readyState = EventSource.CLOSED; // the server was full when the browser tried again
  sources[0].onerror();
  while (sources.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  stream.close();
  assert.equal(sources[0].url.searchParams.get('after'), null);
  assert.equal(sources[1].url.searchParams.get('after'), 'e-7');
});

test('a page enters as many rooms as one stream has topics, but for its own', () => {
  const rooms = Array.from({ length: MOST_ROOMS }, (_, i) => `room ${i}`);
  assert.equal(faultOfAnother('one more', rooms.slice(1)), '');
  assert.match(faultOfAnother('one more', rooms), /63 rooms, which is the limit/);
  assert.equal(faultOfAnother('room 5', rooms), '');
});

test('what is said is text, whatever it looks like', async () => {
  const gil = await enter('<b>Gil</b>', '<i>room</i>');
  await person(gil.page, '<b>Gil</b>').waitFor();
  const hal = await enter('Hal', '<i>room</i>');
  await person(hal.page, '<b>Gil</b>').waitFor();
  const hostile = '<img src=x onerror=alert(1)><script>alert(2)</script>';
  await say(gil.page, hostile);
  await line(hal.page, hostile).waitFor();
  assert.deepEqual([...gil.misdeeds, ...hal.misdeeds], []);
  await gil.context.close();
  await hal.context.close();
});

test('a connection that was lost is found again, by itself', async () => {
  const ida = await enter('Ida', 'pier');
  const jon = await enter('Jon', 'pier');
  await person(ida.page, 'Jon').waitFor();
  const { port } = server;
  await server.stop('SIGKILL');
  await jon.page.getByText('connection lost').waitFor();
  server = await WebServer.start(port);
  for (const { page } of [ida, jon]) await page.getByText('connected', { exact: true }).waitFor({ timeout: 60_000 });
  await say(ida.page, 'are you there?');
  await line(jon.page, 'are you there?').waitFor();
  await ida.context.close();
  await jon.context.close();
});

test('fits a phone', async () => {
  const kim = await enter('Kim', 'boat', phone);
  await say(kim.page, 'x'.repeat(300));
  await line(kim.page, 'xxx').waitFor();
  assert.deepEqual(await cutOff(kim.page), []);
  await kim.context.close();
});
