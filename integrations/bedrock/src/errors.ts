import type { KnownErrorCode } from '@mortise/core';

type Meanings = readonly (readonly [words: RegExp, code: KnownErrorCode])[];

/**
 * What AWS's names of errors tell beyond their status; the name stands in the header `x-amzn-errortype`.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
 */
const NAMES: Meanings = [
  [
    /ExpiredToken|UnrecognizedClient|InvalidClientToken|MissingAuthenticationToken|(Invalid|Incomplete)Signature|SignatureDoesNotMatch/,
    'authentication',
  ],
  [/ServiceQuotaExceeded/, 'quota'],
  [/ModelError|ModelStreamError/, 'server'],
];

/** A day's tokens are refused as a minute's are: only the sentence tells that no wait of this call helps. */
const OF_A_DAY = /\btoo many tokens per day\b/i;

/** What a refusal is, where its status does not tell. */
export function meaningOf(
  name: string | undefined,
  sentence: string | undefined,
): KnownErrorCode | undefined {
  if (sentence !== undefined && OF_A_DAY.test(sentence)) return 'quota';
  return name === undefined ? undefined : NAMES.find(([words]) => words.test(name))?.[1];
}
