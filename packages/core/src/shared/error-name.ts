/**
 * What class of errors a thrown value is of, for those who may not see its words: `MortiseError`, `TypeError`, `AbortError`. A name
 * that is no word, and so may say anything, is `Error`; undefined for what is no error, whose `name` may be somebody's. Never throws.
 */
export function errorName(error: unknown): string | undefined {
  try {
    if (!isError(error)) return undefined;
    const { name } = error as { readonly name: unknown };
    return typeof name === 'string' && WORD.test(name) ? name : 'Error';
  } catch {
    return undefined;
  }
}

const WORD = /^[A-Za-z_$][\w$.]{0,63}$/;

/** Also of another realm. */
function isError(value: unknown): boolean {
  if (value instanceof Error) return true;
  const tag = Object.prototype.toString.call(value);
  return tag === '[object Error]' || tag === '[object DOMException]';
}
