/**
 * `node:events` where there is none: the listeners of abort signals, which nothing there tells. They are counted from the
 * moment that this module is loaded.
 */
const listeners = new WeakMap();
const { addEventListener, removeEventListener } = EventTarget.prototype;

EventTarget.prototype.addEventListener = function (type, listener, options) {
  const known = listeners.get(this) ?? new Map();
  const ofType = known.get(type) ?? new Set();
  listeners.set(this, known.set(type, ofType.add(listener)));
  const leave = () => ofType.delete(listener);
  if (options?.once === true) addEventListener.call(this, type, leave, { once: true });
  if (options?.signal !== undefined) addEventListener.call(options.signal, 'abort', leave, { once: true });
  return addEventListener.call(this, type, listener, options);
};

EventTarget.prototype.removeEventListener = function (type, listener, options) {
  listeners.get(this)?.get(type)?.delete(listener);
  return removeEventListener.call(this, type, listener, options);
};

export function getEventListeners(target, type) {
  return [...(listeners.get(target)?.get(type) ?? [])];
}
