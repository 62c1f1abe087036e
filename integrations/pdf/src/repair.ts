/** An object's beginning, `12 0 obj`. */
const OBJECT = /(\d{1,10})\s{1,9}(\d{1,5})\s{1,9}obj\b/g;
/** How much of an object is looked at: dictionaries of pages are short. */
const LOOKED_AT = 4_000;

/**
 * A file that has lost the table and the root of what it holds, as one that is cut off has, with new ones at its end: a
 * root over the pages that are found in it, in their order. Throws when none are found: they may be compressed, or encrypted.
 */
export function withRoot(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // A character for each byte.
  const text = new TextDecoder('latin1').decode(bytes);
  if (text.includes('/Encrypt')) throw new Error('It is encrypted, and has lost the key to it.');
  let highest = 0;
  const pages: string[] = [];
  for (const { 0: head, 1: number = '', 2: generation = '', index } of text.matchAll(OBJECT)) {
    highest = Math.max(highest, Number(number));
    const from = index + head.length;
    const [object = ''] = text.slice(from, from + LOOKED_AT).split('endobj', 1);
    if (/\/Type\s*\/Page(?![a-zA-Z])/.test(object)) pages.push(`${number} ${generation} R`);
  }
  if (pages.length === 0) throw new Error('No page is found in it.');
  const [root, tree] = [highest + 1, highest + 2];
  const added =
    `\nendobj\n${root} 0 obj\n<< /Type /Catalog /Pages ${tree} 0 R >>\nendobj\n` +
    `${tree} 0 obj\n<< /Type /Pages /Kids [${pages.join(' ')}] /Count ${pages.length} >>\nendobj\n` +
    `trailer\n<< /Root ${root} 0 R /Size ${highest + 3} >>\nstartxref\n0\n%%EOF\n`;
  const result = new Uint8Array(bytes.length + added.length);
  result.set(bytes);
  result.set(new TextEncoder().encode(added), bytes.length);
  return result;
}
