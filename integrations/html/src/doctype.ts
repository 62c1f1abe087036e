const NO_ENTITIES: ReadonlyMap<string, string> = new Map();

/** Where a document type with declarations of its own ends; 0 where there is none. */
export function doctypeEnd(html: string): number {
  const head = html.slice(0, 65_536);
  const start = head.search(/<!doctype\b/i);
  if (start < 0 || /<[a-z]/i.test(head.slice(0, start))) return 0;
  const open = head.indexOf('[', start);
  if (open < 0 || head.slice(start, open).includes('>')) return 0;
  const end = /\]\s*>/.exec(head.slice(open));
  return end === null ? 0 : open + end.index + end[0].length;
}

/** The entities that a document type declares with a text of their own; those that stand for files are left as they are. */
export function declaredEntities(doctype: string): ReadonlyMap<string, string> {
  if (doctype === '') return NO_ENTITIES;
  const declared = doctype.matchAll(/<!ENTITY\s+([\w.-]+)\s+(?:"([^"<&]*)"|'([^'<&]*)')\s*>/g);
  return new Map([...declared].map(([, name = '', double, single]) => [name, double ?? single ?? '']));
}
