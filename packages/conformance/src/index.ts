export { eventStream, json, startWire, type Wire, type WireHandler, type WireReply, type WireRequest } from './wire.ts';
