/** What a built site must be: pages whose links, anchors included, lead somewhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of all files below `folder`, with slashes. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
}

/** Links of a page to its own site that lead nowhere. */
export function deadLinks(folder: string, base: string): string[] {
  const files = filesOf(folder);
  const known = new Set(files);
  const pages = files.filter((file) => file.endsWith('.html') && file !== '404.html');
  const texts = new Map(pages.map((page) => [page, readFileSync(join(folder, page), 'utf8')]));
  const ids = new Map([...texts].map(([page, text]) => [page, idsOf(text)]));
  return pages.flatMap((page) => {
    const here = new URL(`${base}${page.replace(/(^|\/)index\.html$|\.html$/, '$1')}`, 'http://site');
    return [...new Set(hrefsOf(texts.get(page) ?? ''))].flatMap((href) => {
      const { origin, pathname, hash } = new URL(href, here);
      if (origin !== here.origin) return [];
      const file = fileAt(decodeURI(pathname), base, known);
      if (file === undefined) return [`${page} links to ${href}, which is not there`];
      const anchor = decodeURIComponent(hash.slice(1));
      const anchors = ids.get(file);
      return anchor === '' || anchors === undefined || anchors.has(anchor)
        ? []
        : [`${page} links to ${href}, and ${file} has no such anchor`];
    });
  });
}

/** The file that a static host sends for an address: `guides/tools` is `guides/tools.html`. */
export function fileAt(pathname: string, base: string, files: ReadonlySet<string>): string | undefined {
  if (!pathname.startsWith(base)) return undefined;
  const path = pathname.slice(base.length);
  const candidates = path === '' || path.endsWith('/') ? [`${path}index.html`] : [path, `${path}.html`];
  return candidates.find((candidate) => files.has(candidate));
}

const idsOf = (html: string): Set<string> =>
  new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => unescaped(id)));

const hrefsOf = (html: string): string[] =>
  [...html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)].map(([, href = '']) => unescaped(href));

const unescaped = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&');
