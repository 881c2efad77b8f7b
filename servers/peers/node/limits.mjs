// As threadmill-server has them (servers/options.h), so that no subject is asked for more than another.
export const BACKLOG = 4096;
export const MOST_REQUEST_BYTES = 1 << 20; // of one request; who sends a longer one gets an error and is left
export const MOST_QUEUED_BYTES = 8 << 20; // what may wait for one client; who is further behind is left
export const MOST_TOPICS = 1024; // of one client
export const MOST_TOPIC_BYTES = 256;
