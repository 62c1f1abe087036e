import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type DefaultTheme } from 'vitepress';
import { slug } from '../page.ts';

/** Of `stage.ts`. */
interface Settings {
  readonly base: string;
  readonly origin: string;
  readonly repository: string;
  readonly sidebar: DefaultTheme.SidebarMulti;
}

const folder = join(import.meta.dirname, '..');
const settings = JSON.parse(readFileSync(join(folder, 'dist/site.json'), 'utf8')) as Settings;

/** Long pages of results and reasons, which would fill the index with words that nobody looks for. */
const UNSEARCHED = /^(?:matrix|decisions\/(?!index)|spec\/)/;

export default defineConfig({
  title: 'Mortise',
  description:
    'Language models, embeddings, retrievers and parsers for TypeScript behind one small set of contracts',
  lang: 'en',
  base: settings.base,
  srcDir: 'dist/pages',
  outDir: 'dist/site',
  cacheDir: 'dist/cache',
  cleanUrls: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${settings.base}icon.svg` }]],
  // One file that all pages share, in place of a list of all pages in each.
  metaChunk: true,
  // A page loads what it shows. Pages that may be next cost more than it does.
  router: { prefetchLinks: false },
  ...(settings.origin === '' ? {} : { sitemap: { hostname: `${settings.origin}${settings.base}` } }),
  // The index of the search is loaded by the first that searches.
  vite: { build: { chunkSizeWarningLimit: 5_000 } },
  markdown: {
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
    config: (markdown) => {
      // Pages are templates to Vue; braces of ours are text.
      for (const rule of ['text', 'code_inline'] as const) {
        const render = markdown.renderer.rules[rule]!;
        markdown.renderer.rules[rule] = (...given) => render(...given).replaceAll('{{', '&#123;&#123;');
      }
    },
  },
  transformHead: ({ pageData }) => {
    const { twin } = pageData.frontmatter as { twin?: string };
    if (twin === undefined) return [];
    return [['link', { rel: 'alternate', type: 'text/markdown', href: `${settings.base}${twin}` }]];
  },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/start', activeMatch: '^/(?:start|guides|cookbook)' },
      { text: 'Packages', link: '/packages/core', activeMatch: '^/packages' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference' },
      { text: 'Providers', link: '/providers' },
    ],
    sidebar: settings.sidebar,
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        _render: async (text, env, markdown) =>
          UNSEARCHED.test(env.relativePath) ? '' : markdown.renderAsync(text, env),
      },
    },
    editLink: {
      // Is sent to the page as text, so that it sees nothing of this file.
      pattern: ({ frontmatter }) => frontmatter['edit'] as string,
      text: 'Improve this page',
    },
    socialLinks: [{ icon: 'github', link: settings.repository }],
    docFooter: { prev: false, next: false },
  },
});
