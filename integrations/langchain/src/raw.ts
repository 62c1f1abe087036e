import type { CitationBlock } from '@mortise/core/llm';
import { objectOf, objectsOf, type Members } from './values.ts';

/** Where models of OpenAI's put what the API sent, if they are made with `__includeRawResponse: true`. */
export const RAW = '__raw_response';

/** What the API sent: a completion of OpenAI's, or a chunk of one. Empty where it is not given. */
export function rawOf(message: Members): Members {
  return objectOf(objectOf(message['additional_kwargs'])[RAW]);
}

/** What the text rests on by what the API sent, which messages of theirs have no place for. */
export function rawCitations(message: Members, citationOf: (raw: Members) => CitationBlock): CitationBlock[] {
  const [choice] = objectsOf(rawOf(message)['choices']);
  const { annotations } = objectOf(choice?.['message'] ?? choice?.['delta']);
  return objectsOf(annotations).flatMap(({ url_citation: cited }) =>
    cited === undefined ? [] : [citationOf(objectOf(cited))],
  );
}

/** When the API says that it made the completion, as ISO 8601. */
export function rawCreatedAt(message: Members): string | undefined {
  const { created } = rawOf(message);
  const time = new Date(typeof created === 'number' ? created * 1000 : NaN);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
