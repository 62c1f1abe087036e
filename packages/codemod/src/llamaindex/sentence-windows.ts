import { Node } from 'ts-morph';
import type { NameRules } from '../engine/contract.ts';
import { argumentOf, membersOf } from '../engine/syntax.ts';
import { helper } from './helpers.ts';

const OPTIONS = ['windowSize', 'windowMetadataKey', 'originalTextMetadataKey'];

/** Nodes of one sentence that carry those around it, and the step that puts these in the sentence's place. */
export const SENTENCE_WINDOWS: Readonly<Record<string, NameRules>> = {
  SentenceWindowNodeParser: {
    construct: {
      kind: 'splitter',
      rule: (node, file) => {
        const members =
          argumentOf(node) === undefined ? new Map<string, Node>() : membersOf(argumentOf(node));
        const other = [...(members?.keys() ?? [])].find((name) => !OPTIONS.includes(name));
        if (members === undefined || other !== undefined)
          return file.cannot(
            node,
            other === undefined
              ? 'Its options are not written where it is made.'
              : `The option ${other} has no counterpart.`,
          );
        const make = file.use('createTextNode', '@mortise/core');
        const nodeType = file.typed ? file.useType('Node', '@mortise/core') : '';
        const textType = file.typed ? file.useType('TextNode', '@mortise/core') : '';
        const name = helper(
          'sentenceWindows',
          file,
          ({ name: own, typed }) => `
/** Cuts a text into its sentences; each keeps those around it in its metadata, which no model is shown. */
function ${own}(windowSize${typed(': number')}, windowKey${typed(': string')}, textKey${typed(': string')}) {
  const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
  const split = (source${typed(`: ${nodeType}`)})${typed(`: ${textType}[]`)} => {
    const sentences = [...segmenter.segment(source.text)].map(({ segment }) => segment).filter((text) => text.trim() !== '');
    return sentences.map((text, place) => {
      const window = sentences.slice(Math.max(0, place - windowSize), place + windowSize + 1).join('');
      return ${make}({
        id: \`\${source.id}:\${place}\`,
        text,
        metadata: { ...source.metadata, [windowKey]: window, [textKey]: text },
        excludedEmbedMetadataKeys: [...(source.excludedEmbedMetadataKeys ?? []), windowKey, textKey],
        excludedLlmMetadataKeys: [...(source.excludedLlmMetadataKeys ?? []), windowKey, textKey],
        relationships: { source: source.relationships?.source ?? { id: source.id } },
      });
    });
  };
  return {
    fingerprint: \`sentence-windows:\${JSON.stringify([windowSize, windowKey, textKey])}\`,
    split,
    transform: async (nodes${typed(`: readonly ${nodeType}[]`)})${typed(`: Promise<${nodeType}[]>`)} => nodes.flatMap(split),
  };
}`,
        );
        file.note(node, 'Sentences end where Intl.Segmenter says so, by the rules for English.');
        const [size, window, text] = OPTIONS.map((option) => {
          const value = members.get(option);
          return value === undefined ? undefined : file.render(value);
        });
        return `${name}(${size ?? '3'}, ${window ?? "'window'"}, ${text ?? "'originalText'"})`;
      },
    },
  },
  MetadataReplacementPostProcessor: {
    construct: {
      kind: 'postprocessor',
      rule: (node, file) => {
        const [key, ...others] = node.getArguments();
        if (key === undefined || others.length > 0 || Node.isObjectLiteralExpression(key))
          return file.cannot(node, 'It is made in an unknown way.');
        const type = file.typed ? file.useType('NodePostprocessor', '@mortise/core/postprocessor') : '';
        const name = helper(
          'metadataInstead',
          file,
          ({ name: own, typed }) => `
/** Puts a member of a node's metadata in the place of its text. */
function ${own}(key${typed(': string')})${typed(`: ${type}`)} {
  return {
    postprocess: async (query, nodes) =>
      nodes.map((found) => ({ ...found, node: { ...found.node, text: String(found.node.metadata[key] ?? found.node.text) } })),
  };
}`,
        );
        return `${name}(${file.render(key)})`;
      },
    },
  },
};
