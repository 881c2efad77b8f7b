// As threadmill-server has them (servers/options.h, core/chat_session.h, core/http_session.h), so that no subject is asked for more than another.
export const BACKLOG = 4096;
export const MOST_REQUEST_BYTES = 1 << 20; // of one request; who sends a longer one gets an error and is left
export const MOST_QUEUED_BYTES = 8 << 20; // what may wait for one client; who is further behind is left
export const MOST_TOPICS = 1024; // of one client of the chat
export const MOST_TOPIC_BYTES = 512;
export const MOST_STREAM_TOPICS = 64; // of one event stream
export const MOST_WEB_TOPIC_BYTES = 200;
