import { describe, it } from 'vitest';
import { json, readerConformance, startWire, type OpenReader, type ReaderItem } from '@mortise/conformance';
import { WikiReader } from '../wiki-reader.ts';

// #region suite
readerConformance(
  { describe, it },
  {
    name: 'wiki',
    declares: ['blank', 'failure', 'missing', 'opened', 'skip', 'version'],
    reasons: { several: 'A page is one document.' },
    open: (items) => openWiki(items),
    missing: () => openWiki(undefined),
  },
);
// #endregion

/** A wiki of these pages, or none at all. */
async function openWiki(items: readonly ReaderItem[] | undefined): Promise<OpenReader> {
  const wire = await startWire(({ path }, reply) => {
    const page = items?.find(({ name }) => path === `/${name}.txt`);
    if (items !== undefined && path === '/pages.json')
      return json(reply, Object.fromEntries(items.map(({ name, text }) => [name, String(text.length)])));
    if (page === undefined || page.broken === true)
      return json(reply, { error: { message: 'gone' } }, { status: 404 });
    reply.end(page.blank === true ? ' \n' : page.text);
  });
  return {
    reader: new WikiReader(wire.url),
    opened: () => wire.requests.flatMap(({ path }) => /^\/(.*)\.txt$/.exec(path)?.[1] ?? []),
    close: () => wire.close(),
  };
}
