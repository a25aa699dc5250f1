/**
 * How the extension's contexts speak to each other. Nouns: message, envelope, reply, send, receiver. It promises that
 * nothing but our own pages is heard. May not: call the browser (platform does), or carry secrets or file contents.
 */
export { AT_WORK, type EngineReport, type WebCapture } from './contract.ts';
export { type Answers, createReceiver, type Self, type Sender } from './receive.ts';
export { createSend, type Post, type Send } from './send.ts';
