/**
 * An id for a tool call that came without one: a result must name its call, and every call of a conversation needs a name
 * of its own. Letters and digits, as every wire takes them.
 */
export function uniqueCallId(): string {
  const [high = 0, low = 0, last = 0] = crypto.getRandomValues(new Uint32Array(3));
  return `call_${[high, low, last].map((part) => part.toString(36).padStart(7, '0')).join('')}`;
}
