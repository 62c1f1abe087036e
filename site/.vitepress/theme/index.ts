import { useData, withBase, type Theme } from 'vitepress';
// Fonts of the machine: the theme's own are half as much again as the first page.
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h, type VNode } from 'vue';
import './style.css';

/** The link to the page as Markdown. */
function Twin(): VNode | undefined {
  const { twin } = useData().frontmatter.value as { twin?: string };
  return twin === undefined
    ? undefined
    : h(
        'p',
        { class: 'twin' },
        h('a', { href: withBase(`/${twin}`), target: '_self' }, 'This page as Markdown'),
      );
}

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'doc-footer-before': () => h(Twin) }),
} satisfies Theme;
