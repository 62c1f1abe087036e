import type { WireTarget } from '@mortise/conformance';
import type { ChatRequest, ContentBlock } from '@mortise/core/llm';
import { ReferenceLLM, type Raw } from '../reference/adapter.ts';
import { reference } from '../reference/dialect.ts';
import { sending, undeclared } from './back.ts';
import { mutant, type Mutant } from './mutant.ts';

/** A block of this type is sent without some members. */
const without = (type: string, ...names: string[]) =>
  sending((right, block) => (block.type === type ? right.map((each) => omit(each, names)) : right));

function omit(raw: Raw, names: readonly string[]): Raw {
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !names.includes(name)));
}

const inResult = (keep: (raw: Raw) => boolean) =>
  class extends ReferenceLLM {
    override sentResult(content: string | readonly ContentBlock[]): Raw[] | undefined {
      return super.sentResult(content as string)?.filter(keep);
    }
  };

const isText = (block: ContentBlock): boolean => 'text' in ((block as Raw)['source'] as object);

const { seed: _seed, ...seedless } = reference.request;

/** What is lost of a request without a word. */
export const members: readonly Mutant[] = [
  mutant('forgets how closely to look', 'request.image.detail', without('image', 'detail')),
  mutant('forgets the text of a document', 'request.document.text', without('document', 'text')),
  mutant('forgets the title of a document', 'request.document.title', without('document', 'title')),
  mutant(
    'forgets the title of a document of bytes',
    'request.document.title.bytes',
    sending((right, block) =>
      block.type !== 'document' || isText(block) ? right : right.map((each) => omit(each, ['title'])),
    ),
  ),
  mutant(
    'forgets what a document of text is',
    'request.document.context',
    sending((right, block) =>
      block.type === 'document' && isText(block) ? right.map((each) => omit(each, ['context'])) : right,
    ),
  ),
  mutant(
    'forgets what a document of bytes is',
    'request.document.context.bytes',
    sending((right, block) =>
      block.type !== 'document' || isText(block) ? right : right.map((each) => omit(each, ['context'])),
    ),
  ),
  mutant('forgets whether to cite', 'request.document.citations', without('document', 'cite')),
  mutant('forgets the address of a document', 'request.document.url', without('document', 'url')),
  mutant(
    'drops sound',
    'request.audio',
    sending((right, { type }) => (type === 'audio' ? [] : right)),
  ),
  mutant(
    'forgets what a structured reply is',
    'request.format.description',
    undeclared(({ format }) => ({ format: format && omit(format as Raw, ['description']) })),
  ),
  mutant(
    'holds the model to no schema of a tool',
    'tools.strict',
    undeclared(({ tools }) => ({
      tools: (tools as Raw[] | undefined)?.map((each) => omit(each, ['strict'])),
    })),
  ),
  ...(['effort', 'budgetTokens', 'summary'] as const).map((member) =>
    mutant(
      `forgets ${member} of reasoning`,
      `request.reasoning.${member}`,
      undeclared(({ reasoning }) => {
        const rest = omit((reasoning ?? {}) as Raw, [member]);
        return { reasoning: Object.keys(rest).length === 0 ? undefined : rest };
      }),
    ),
  ),
  mutant('keeps every cache as long', 'cache-points.ttl', without('cache-point', 'ttl')),
  mutant(
    'drops the pictures of a result',
    'tools.result.image',
    inResult(({ type }) => type !== 'image'),
  ),
  mutant(
    'drops the documents of a result',
    'tools.result.document',
    inResult(({ type }) => type !== 'document'),
  ),
  mutant(
    'drops the blocks of others in silence',
    'back.own-blocks',
    class extends ReferenceLLM {
      override stranger(): Raw[] {
        return [];
      }
    },
  ),
  mutant(
    'takes 0 for nothing',
    'request.zero',
    undeclared(({ temperature }) => ({ temperature: temperature || undefined })),
  ),
  {
    ...mutant(
      'takes a seed of 0 for none, on a wire whose dialect reads no seed',
      'request.zero',
      undeclared(({ seed }) => ({ seed: seed || undefined })),
    ),
    dialect: { ...reference, request: seedless },
  },
  mutant(
    'lowers topP in silence',
    'request.edges',
    undeclared(({ top_p: topP }) => ({ top_p: topP === 1 ? 0.99 : topP })),
  ),
  mutant(
    'sends the last system message alone',
    'request.system.several',
    class extends ReferenceLLM {
      override conversation(request: ChatRequest): Raw {
        const last = request.messages.findLastIndex(({ role }) => role === 'system');
        const messages = request.messages.filter(({ role }, at) => role !== 'system' || at === last);
        return super.conversation({ ...request, messages });
      }
    },
  ),
  mutant(
    'sends pictures first',
    'request.order',
    undeclared(({ blocks }) => ({
      blocks: (blocks as Raw[]).toSorted(
        (a, b) => Number(b['type'] === 'image') - Number(a['type'] === 'image'),
      ),
    })),
  ),
  mutant(
    'asks for a stream without tools',
    'request.same-in-streams',
    class extends ReferenceLLM {
      override send(...[body, attempt]: Parameters<ReferenceLLM['send']>): Promise<Response> {
        return super.send(body['stream'] === true ? { ...body, tools: undefined } : body, attempt);
      }
    },
  ),
  mutant(
    'sends the result of the last tool alone',
    'tools.results.apart',
    undeclared(({ blocks }) => {
      const last = (blocks as Raw[]).findLastIndex(({ type }) => type === 'result');
      return { blocks: (blocks as Raw[]).filter(({ type }, at) => type !== 'result' || at === last) };
    }),
  ),
  mutant('forgets whose result it is', 'tools.result.name', without('tool-result', 'name')),
  mutant(
    'makes ids in a form of its own',
    'back.ids.format',
    class extends ReferenceLLM {
      constructor({ url, settings }: WireTarget) {
        super({ url, settings: { ...settings, callIds: undefined } });
      }
    },
  ),
];
