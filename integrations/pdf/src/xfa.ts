/** A form that a program makes anew (XFA), as the tree of HTML that pdf.js makes of it. */
export interface XfaNode {
  readonly name: string;
  readonly value?: string;
  readonly attributes?: {
    readonly type?: string;
    readonly value?: unknown;
    readonly textContent?: unknown;
    readonly checked?: boolean;
    /** What a button that is set stands for. */
    readonly xfaOn?: unknown;
    readonly selected?: boolean;
    readonly 'aria-label'?: string | null;
    readonly dataId?: string;
  };
  readonly children?: readonly (XfaNode | null | undefined)[];
}

/** The fields that have a value, a line each as `label: value`, in the order of the form. */
export function xfaFieldLines(root: XfaNode): string[] {
  const lines: string[] = [];
  // Not by recursion: how deep a form is, its file says.
  const pending: XfaNode[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const value = oneLine(valueOf(node));
    const label = oneLine(node.attributes?.['aria-label'] ?? node.attributes?.dataId);
    if (value !== '') lines.push(label === '' ? value : `${label}: ${value}`);
    for (const child of (node.children ?? []).toReversed()) if (child) pending.push(child);
  }
  return lines;
}

function valueOf({ name, attributes = {}, children = [] }: XfaNode): unknown {
  if (name === 'textarea') return attributes.textContent ?? attributes.value;
  if (name === 'select') return children.find((child) => child?.attributes?.selected === true)?.value;
  if (name !== 'input' || attributes.type === 'password') return undefined;
  if (attributes.type === 'text') return attributes.value ?? attributes.textContent;
  return attributes.checked === true ? attributes.xfaOn : undefined;
}

function oneLine(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : '';
}
