/** A node of a Markdown tree, as far as it is looked into. */
interface MarkdownNode {
  type: string;
  value?: string;
  url?: string;
  children?: MarkdownNode[] | undefined;
}

/**
 * For `remarkPlugins`: makes links of the citations in texts, `[1]` and `[1, 3]`, which {@link readCitationLink} reads. Code holds no
 * texts, so that what stands there stays. The n-th citation of a number is the n-th that the server found of it.
 */
export function citationLinks(): (tree: MarkdownNode) => void {
  return (tree) => {
    const counts = new Map<number, number>();
    const link = (number: number): MarkdownNode => {
      const occurrence = counts.get(number) ?? 0;
      counts.set(number, occurrence + 1);
      return { type: 'link', url: `#source-${number}-${occurrence}`, children: [textNode(String(number))] };
    };
    const walk = (node: MarkdownNode): void => {
      node.children = node.children?.flatMap((child) => {
        if (child.type === 'text') return linked(child.value ?? '', link);
        // Links do not stand in links.
        if (child.type !== 'link') walk(child);
        return [child];
      });
    };
    walk(tree);
  };
}

function linked(text: string, link: (number: number) => MarkdownNode): MarkdownNode[] {
  return text.split(/(\[\d{1,4}(?:, ?\d{1,4})*\])/).flatMap((piece, at, pieces) => {
    if (at % 2 === 0) {
      // No line ends between a claim and its citation.
      const claim = at + 1 < pieces.length ? piece.replace(/[ \n]$/, '\u00a0') : piece;
      return claim === '' ? [] : [textNode(claim)];
    }
    return piece
      .slice(1, -1)
      .split(',')
      .map((number) => link(Number(number)));
  });
}

function textNode(value: string): MarkdownNode {
  return { type: 'text', value };
}

/** The citation that a link is; undefined for any other. */
export function readCitationLink(href: string): { number: number; occurrence: number } | undefined {
  const [, number, occurrence] = /^#source-(\d{1,4})-(\d{1,6})$/.exec(href) ?? [];
  return number === undefined || occurrence === undefined
    ? undefined
    : { number: Number(number), occurrence: Number(occurrence) };
}
