import { reading } from '../shared/inputs.ts';
import { isDeeper } from '../shared/json.ts';
import { checkSource, invalid, object, optional, refused, required } from './check-source.ts';
import type { ChatMessage } from './message-contract.ts';

/**
 * Messages from outside (a database, a browser, another program) as messages, or one `invalid-request` that names the
 * place, such as `messages[2].content[0].source`. Blocks with a colon in their type are a provider's own, and pass.
 * `chat` and its like check their messages in the same way. Gives the same list, not a copy.
 */
export function checkMessages(messages: unknown): readonly ChatMessage[] {
  reading('The list of messages', () => {
    if (!Array.isArray(messages)) throw refused('messages', 'a list of messages', messages);
    if (messages.length === 0) throw invalid('messages is empty; chat needs at least one message.');
    for (let at = 0; at < messages.length; at++) checkMessage(messages[at], `messages[${at}]`);
  });
  return messages as readonly ChatMessage[];
}

const ROLES = ['system', 'user', 'assistant', 'tool'];

/** Containers inside one another in a message. */
const MAX_DEPTH = 1_000;

function checkMessage(message: unknown, at: string): void {
  const { role, content, name } = object(message, at, 'a message');
  if (!ROLES.includes(role as string)) throw refused(`${at}.role`, 'system, user, assistant or tool', role);
  optional(name, 'string', `${at}.name`);
  if (typeof content === 'string') return;
  if (!Array.isArray(content)) throw refused(`${at}.content`, 'a string or a list of blocks', content);
  // By index: a list with holes has no block there.
  for (let n = 0; n < content.length; n++) checkBlock(content[n], `${at}.content[${n}]`);
  if (isDeeper(message, MAX_DEPTH))
    throw invalid(`${at} holds containers nested deeper than ${MAX_DEPTH}, or one within itself.`);
}

type Check = (block: Record<string, unknown>, at: string) => void;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['text', checkText],
  [
    'reasoning',
    (block, at) => {
      required(block['text'], 'string', `${at}.text`);
      for (const name of ['id', 'signature', 'encrypted']) optional(block[name], 'string', `${at}.${name}`);
    },
  ],
  [
    'tool-call',
    (block, at) => {
      required(block['id'], 'string', `${at}.id`);
      required(block['name'], 'string', `${at}.name`);
      object(block['arguments'], `${at}.arguments`, 'an object');
      optional(block['invalid'], 'boolean', `${at}.invalid`);
      optional(block['argumentsText'], 'string', `${at}.argumentsText`);
    },
  ],
  ['tool-result', checkResult],
  [
    'image',
    (block, at) => {
      checkSource(block['source'], `${at}.source`, false);
      optional(block['detail'], 'string', `${at}.detail`);
    },
  ],
  [
    'document',
    (block, at) => {
      checkSource(block['source'], `${at}.source`, true);
      optional(block['title'], 'string', `${at}.title`);
      optional(block['context'], 'string', `${at}.context`);
      optional(block['citations'], 'boolean', `${at}.citations`);
    },
  ],
  ['audio', checkMedia],
  ['video', checkMedia],
  ['citation', checkCitation],
  ['cache-point', (block, at) => optional(block['ttl'], 'string', `${at}.ttl`)],
]);

function checkBlock(value: unknown, at: string): void {
  const block = object(value, at, 'a block');
  const { type } = block;
  required(type, 'string', `${at}.type`);
  const check = CHECKS.get(type as string);
  if (check === undefined) {
    if ((type as string).includes(':')) return;
    throw refused(`${at}.type`, `${[...CHECKS.keys()].join(', ')}, or a provider's own with a colon`, type);
  }
  check(block, at);
  if (block['providerMetadata'] !== undefined)
    object(block['providerMetadata'], `${at}.providerMetadata`, 'an object by provider');
  optional(block['owner'], 'string', `${at}.owner`);
}

function checkMedia(block: Record<string, unknown>, at: string): void {
  checkSource(block['source'], `${at}.source`, false);
}

function checkText(block: Record<string, unknown>, at: string): void {
  required(block['text'], 'string', `${at}.text`);
  const { citations } = block;
  if (citations === undefined) return;
  if (!Array.isArray(citations)) throw refused(`${at}.citations`, 'a list of citations', citations);
  citations.forEach((citation, n) =>
    checkCitation(object(citation, `${at}.citations[${n}]`, 'a citation'), `${at}.citations[${n}]`),
  );
}

function checkCitation(block: Record<string, unknown>, at: string): void {
  for (const name of ['url', 'title', 'quote']) optional(block[name], 'string', `${at}.${name}`);
  for (const name of ['start', 'end']) optional(block[name], 'number', `${at}.${name}`);
  const { source } = block;
  if (source !== undefined && typeof source !== 'string' && typeof source !== 'number')
    throw refused(`${at}.source`, 'a string or a number', source);
}

const IN_RESULTS: ReadonlySet<unknown> = new Set(['text', 'image', 'document', 'audio', 'video']);

function checkResult(block: Record<string, unknown>, at: string): void {
  required(block['toolCallId'], 'string', `${at}.toolCallId`);
  optional(block['toolName'], 'string', `${at}.toolName`);
  optional(block['isError'], 'boolean', `${at}.isError`);
  const { content } = block;
  if (typeof content === 'string') return;
  if (!Array.isArray(content)) throw refused(`${at}.content`, 'a string or a list of blocks', content);
  for (let n = 0; n < content.length; n++) {
    const place = `${at}.content[${n}]`;
    checkBlock(content[n], place);
    const { type } = content[n] as { type: string };
    if (!IN_RESULTS.has(type) && !type.includes(':'))
      throw refused(`${place}.type`, 'text or a medium, as in every result of a tool', type);
  }
}
