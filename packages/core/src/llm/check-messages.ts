import { isObject } from '../shared/json.ts';
import { reading } from '../shared/options.ts';
import { checkSource, invalid, object, optional, refused, refuseDeep, required } from './check-source.ts';
import type { ChatMessage } from './message-contract.ts';

/**
 * Messages from outside (a database, a browser, another program) as messages, or one `invalid-request` that names the
 * place, such as `messages[2].content[0].source`. Blocks with a colon in their type are a provider's own, and pass.
 * `chat` and its like check their messages in the same way. Gives the same list, not a copy.
 */
export function checkMessages(messages: unknown): readonly ChatMessage[] {
  return reading('The list of messages', () => {
    list(messages, 'messages', 'a list of messages', checkMessage);
    if ((messages as readonly unknown[]).length === 0)
      throw invalid('messages is empty; chat needs at least one message.');
    return messages as readonly ChatMessage[];
  });
}

const ROLES: readonly unknown[] = ['system', 'user', 'assistant', 'tool'];

function checkMessage(message: unknown, at: string): void {
  const { role, content, name } = object(message, at, 'a message');
  if (!ROLES.includes(role)) throw refused(`${at}.role`, 'system, user, assistant or tool', role);
  optional(name, 'string', `${at}.name`);
  if (typeof content === 'string') return;
  list(content, `${at}.content`, 'a string or a list of blocks', checkBlock);
  refuseDeep(message, at);
}

/** Throws for what a place does not take. */
type Check = (value: unknown, at: string) => void;

function list(value: unknown, at: string, what: string, check: Check): void {
  if (!Array.isArray(value)) throw refused(at, what, value);
  // By index: a list with holes has nothing there.
  for (let n = 0; n < value.length; n++) check(value[n], `${at}[${n}]`);
}

/** What a member is: of a type, which `?` allows to be absent, or what a function says. */
type Member = 'string' | 'string?' | 'number?' | 'boolean?' | 'object' | 'object?' | Check;
type Members = { readonly [name: string]: Member };

const EVERY_BLOCK: Members = { providerMetadata: 'object?', owner: 'string?' };

const CITATION: Members = {
  url: 'string?',
  title: 'string?',
  quote: 'string?',
  start: 'number?',
  end: 'number?',
  source(value, at) {
    if (value !== undefined && typeof value !== 'string' && typeof value !== 'number')
      throw refused(at, 'a string or a number', value);
  },
};

const MEDIUM: Members = { source: checkMedium };

const BLOCKS: { readonly [type: string]: Members } = {
  text: {
    text: 'string',
    citations(value, at) {
      if (value !== undefined)
        list(value, at, 'a list of citations', (each, place) => checkMembers(each, place, CITATION));
    },
  },
  reasoning: { text: 'string', id: 'string?', signature: 'string?', encrypted: 'string?' },
  'tool-call': {
    id: 'string',
    name: 'string',
    arguments: 'object',
    invalid: 'boolean?',
    argumentsText: 'string?',
  },
  'tool-result': {
    toolCallId: 'string',
    toolName: 'string?',
    isError: 'boolean?',
    content(value, at) {
      if (typeof value !== 'string') list(value, at, 'a string or a list of blocks', checkPartOfResult);
    },
  },
  image: { source: checkMedium, detail: 'string?' },
  document: {
    source: (value, at) => checkSource(value, at, true),
    title: 'string?',
    context: 'string?',
    citations: 'boolean?',
  },
  audio: MEDIUM,
  video: MEDIUM,
  citation: CITATION,
  'cache-point': { ttl: 'string?' },
};

function checkMedium(value: unknown, at: string): void {
  checkSource(value, at, false);
}

function checkBlock(value: unknown, at: string): void {
  const { type } = object(value, at, 'a block');
  required(type, 'string', `${at}.type`);
  if ((type as string).includes(':')) return;
  if (!Object.hasOwn(BLOCKS, type as string))
    throw refused(`${at}.type`, `${Object.keys(BLOCKS).join(', ')}, or a provider's own with a colon`, type);
  checkMembers(value, at, BLOCKS[type as string] as Members);
  checkMembers(value, at, EVERY_BLOCK);
}

const IN_RESULTS: readonly string[] = ['text', 'image', 'document', 'audio', 'video'];

function checkPartOfResult(value: unknown, at: string): void {
  checkBlock(value, at);
  const { type } = value as { readonly type: string };
  if (!IN_RESULTS.includes(type) && !type.includes(':'))
    throw refused(`${at}.type`, 'text or a medium, as in every result of a tool', type);
}

/** Every chat checks the whole conversation: where a member stands is written for one that is refused alone. */
function checkMembers(value: unknown, at: string, members: Members): void {
  const holder = object(value, at, 'an object');
  for (const name in members) {
    const member = members[name];
    const found = holder[name];
    if (typeof member === 'function') member(found, `${at}.${name}`);
    else if (member !== undefined && !fits(found, member)) {
      const type = member.replace('?', '');
      throw refused(`${at}.${name}`, type === 'object' ? 'an object' : `a ${type}`, found);
    }
  }
}

function fits(value: unknown, type: Exclude<Member, Check>): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'object':
      return isObject(value);
    case 'object?':
      return value === undefined || isObject(value);
    case 'string?':
      return value === undefined || typeof value === 'string';
    case 'number?':
      return value === undefined || typeof value === 'number';
    case 'boolean?':
      return value === undefined || typeof value === 'boolean';
  }
}
