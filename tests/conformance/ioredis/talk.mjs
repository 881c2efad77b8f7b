// Talks to the chat server on a port of this machine with ioredis as it is without options, and prints what came of it.
// node talk.mjs PORT

import Redis from 'ioredis';

const port = Number(process.argv[2]);
const tell = (what, value) => console.log(`${what}: ${JSON.stringify(value)}`);

function fail(error) {
  console.log(`failed: ${error.message}`);
  process.exit(1);
}

/** A client that is ready: it has asked INFO whether the server still loads what it keeps. */
async function connected() {
  const redis = new Redis(port);
  redis.on('error', fail);
  if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve));
  return redis;
}

const refusal = (promise) => promise.then(() => 'none', (error) => error.message);

async function talk() {
  const redis = await connected();
  tell('ping', await redis.ping());
  tell('echo', await redis.echo('olá\r\n mundo'));
  tell('name', [await redis.client('SETNAME', 'ana'), await redis.client('GETNAME')]);
  tell('pipeline', await redis.pipeline().ping('1').echo('2').publish('nobody', '3').exec());
  tell('at once', await Promise.all([1, 2, 3].map((i) => redis.echo(`${i}`))));
  tell('unknown', await refusal(redis.call('GET', 'key')));
  tell('wrong count', await refusal(redis.call('ECHO')));

  const subscriber = await connected();
  const heard = [];
  let wake;
  subscriber.on('message', (topic, text) => {
    heard.push([topic, text]);
    wake?.();
  });
  const hear = async (count) => {
    while (heard.length < count) await new Promise((resolve) => (wake = resolve));
    return heard.splice(0);
  };
  tell('subscribed', await subscriber.subscribe('news', 'sport'));
  tell('topics', (await redis.pubsub('CHANNELS')).sort());
  tell('told', [await redis.publish('news', 'first'), await redis.publish('sport', 'second')]);
  tell('heard', (await hear(2)).sort());
  tell('left', [await subscriber.unsubscribe('news'), await redis.publish('news', 'unheard')]);
  tell('still there', [await redis.publish('sport', 'third'), await hear(1)]);
  tell('left all', await subscriber.unsubscribe('sport'));
  tell('speaks again', await subscriber.echo('after'));
  tell('quit', [await redis.quit(), await subscriber.quit()]);
}

setTimeout(() => fail(new Error('no answer for 30 s')), 30_000).unref();
talk().catch(fail);
