export { ThreadmillClient } from './client.js';
export type { ClientOptions, Published, TopicInfo, TopicSummary } from './client.js';
export { ThreadmillError } from './error.js';
export type { GapReason, Message, StreamState, SubscribeOptions, Subscription } from './subscription.js';
