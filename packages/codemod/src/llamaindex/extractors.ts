import type { Node, NewExpression } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, membersOf, methodCall } from '../engine/syntax.ts';
import { helper } from './helpers.ts';
import { fromSettings } from './settings.ts';

interface ExtractorRow {
  /** The member of the metadata that it fills. */
  readonly key: string;
  /** Its option for how many, and the default. */
  readonly count?: readonly [option: string, otherwise: number];
  readonly ask: (count: string) => string;
}

const ROWS: Readonly<Record<string, ExtractorRow>> = {
  KeywordExtractor: {
    key: 'excerptKeywords',
    count: ['keywords', 5],
    ask: (count) => `Give ${count} keywords of this text, separated by commas, and nothing else.`,
  },
  QuestionsAnsweredExtractor: {
    key: 'questionsThisExcerptCanAnswer',
    count: ['questions', 5],
    ask: (count) =>
      `Write ${count} questions that this text answers and that few other texts would, one a line, and nothing else.`,
  },
  SummaryExtractor: {
    key: 'sectionSummary',
    ask: () => 'Sum up the topics and the names of this text in a few sentences.',
  },
};

const NOTE =
  'Mortise has no extractors: a function that asks the model for the same member of the metadata is written into the file. Its prompt is another.';

/** The options of an extractor that are understood, with its model and its count. */
function optionsOf(
  node: NewExpression,
  count: ExtractorRow['count'],
  file: Rewriting,
): { readonly llm: string; readonly count: Node | undefined } | undefined {
  const members = argumentOf(node) === undefined ? new Map<string, Node>() : membersOf(argumentOf(node));
  const other = [...(members?.keys() ?? [])].find((name) => name !== 'llm' && name !== count?.[0]);
  if (members === undefined || other !== undefined) {
    const option = other === undefined ? 'Its options are not written where it is made.' : undefined;
    file.cannot(node, option ?? `The option ${other} of an extractor has no counterpart here.`);
    return undefined;
  }
  const given = members.get('llm');
  const llm = given === undefined ? fromSettings('llm', node, file) : file.render(given);
  return llm === undefined ? undefined : { llm, count: count && members.get(count[0]) };
}

const extractor = (row: ExtractorRow): NameRules => ({
  construct: {
    kind: 'extractor',
    rule: (node, file) => {
      const options = optionsOf(node, row.count, file);
      if (options === undefined) return node.getText();
      const llmType = file.typed ? `: ${file.useType('LLM', '@mortise/core')}` : '';
      const nodeType = file.typed ? file.useType('Node', '@mortise/core') : '';
      const name = helper(
        'metadataExtractor',
        file,
        (parts) => `
/** Fills a member of each node's metadata with what a model says of the node's text. */
function ${parts.name}(llm${llmType}, key${parts.typed(': string')}, instruction${parts.typed(': string')}) {
  return async ${parts.typed(`<N extends ${nodeType}>`)}(nodes${parts.typed(': readonly N[]')})${parts.typed(': Promise<N[]>')} => {
    const filled${parts.typed(': N[]')} = [];
    for (const node of nodes) {
      const { text } = await llm.complete(\`\${node.text}\\n\\n\${instruction}\`);
      filled.push({ ...node, metadata: { ...node.metadata, [key]: text.trim() } });
    }
    return filled;
  };
}`,
      );
      file.note(node, NOTE);
      const count = options.count === undefined ? String(row.count?.[1] ?? '') : file.render(options.count);
      const ask = /^\d*$/.test(count) ? `'${row.ask(count)}'` : `\`${row.ask(`\${${count}}`)}\``;
      return `${name}(${options.llm}, '${row.key}', ${ask})`;
    },
  },
});

const titles: NameRules = {
  construct: {
    kind: 'extractor',
    rule: (node, file) => {
      const options = optionsOf(node, ['nodes', 5], file);
      if (options === undefined) return node.getText();
      const llmType = file.typed ? `: ${file.useType('LLM', '@mortise/core')}` : '';
      const nodeType = file.typed ? file.useType('Node', '@mortise/core') : '';
      const name = helper(
        'documentTitles',
        file,
        (parts) => `
/** Gives all nodes of a document one title, which a model makes from its first nodes. */
function ${parts.name}(llm${llmType}, first${parts.typed(': number')}) {
  return async ${parts.typed(`<N extends ${nodeType}>`)}(nodes${parts.typed(': readonly N[]')})${parts.typed(': Promise<N[]>')} => {
    const titles = new Map${parts.typed('<string, string>')}();
    const documentOf = (node${parts.typed(': N')}) => node.relationships?.source?.id ?? node.id;
    for (const id of new Set(nodes.map(documentOf))) {
      const beginning = nodes.filter((node) => documentOf(node) === id).slice(0, first);
      const texts = beginning.map((node) => node.text).join('\\n\\n');
      const { text } = await llm.complete(\`\${texts}\\n\\nGive the document that begins so a title, and nothing else.\`);
      titles.set(id, text.trim());
    }
    return nodes.map((node) => ({ ...node, metadata: { ...node.metadata, documentTitle: titles.get(documentOf(node)) ?? '' } }));
  };
}`,
      );
      file.note(node, NOTE);
      return `${name}(${options.llm}, ${options.count === undefined ? '5' : file.render(options.count)})`;
    },
  },
};

export const EXTRACTORS: Readonly<Record<string, NameRules>> = {
  ...Object.fromEntries(Object.entries(ROWS).map(([name, row]) => [name, extractor(row)])),
  TitleExtractor: titles,
};

export const EXTRACTOR_KINDS: Readonly<Record<string, KindRules>> = {
  extractor: {
    methods: {
      processNodes: {
        kind: 'node[]',
        rule: (node, file) => {
          const { receiver } = methodCall(node) ?? {};
          const [nodes, ...others] = node.getArguments();
          if (receiver === undefined || nodes === undefined || others.length > 0)
            return file.cannot(node, 'It is called in an unknown way.');
          return `${file.render(receiver)}(${file.render(nodes)})`;
        },
      },
    },
  },
};
