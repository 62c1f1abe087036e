import { errorText, isMortiseError, MortiseError, type KnownErrorCode } from '@mortise/core';
import { redact, type Secrets } from '@mortise/core/wire';

type Kind = readonly [KnownErrorCode, advice: string];

const CONFLICT: Kind = ['conflict', 'Others write to the table at the same time. Try again.'];
const DAMAGED: Kind = ['validation', 'The table is damaged. Restore a copy, or build it again.'];
const UNREACHABLE: Kind = ['connection', 'Check the address and the network.'];

const CONFLICT_WORDS =
  /commit conflict|Incompatible transaction|conflicting? (?:with )?concurrent|Too many concurrent writers/i;

/** LanceDB gives its errors no code, so its words are all there is. The first that fits. */
const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [
    /recursion limit/i,
    ['invalid-request', 'The filter is nested deeper than LanceDB takes. Write it flatter.'],
  ],
  [CONFLICT_WORDS, CONFLICT],
  [/no space left|os error 28\b|os error 122\b/i, ['quota', 'Make room on the disk.']],
  [
    /permission denied|read-only file system|os error (?:1|13|30)\b|AccessDenied|status: 403|403 Forbidden/i,
    ['permission', 'Check who may write to the folder, or what the keys of the storage allow.'],
  ],
  [/os error 24\b/i, ['overloaded', 'Too many files are open. Open fewer at once, or raise the limit.']],
  [
    /InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|401 Unauthorized|status: 401|credential/i,
    ['authentication', 'Check the keys in `storageOptions`.'],
  ],
  [
    /No object store provider|Unable to created? lance dataset|not a directory|os error 20\b|NotADirectory|Invalid table name|\bNoSuchBucket\b/i,
    ['configuration', 'Give another `uri`: a folder, or a place such as s3://bucket/folder.'],
  ],
  [/kind: Connect|error sending request|dns error|timed? ?out|RetryError/i, UNREACHABLE],
  [
    /Generic (?:S3|GCS|MicrosoftAzure) error(?!.*not found)/i,
    ['server', 'The storage failed. Try again, and look at its log.'],
  ],
  [
    /not found|os error 2\b|sufficient data|Invalid range|corrupt|magic|decod|protobuf|invalid utf-?8|out of range|LanceError\(IO\)|Encountered (?:internal|corrupt)/i,
    DAMAGED,
  ],
];
const OTHER: Kind = ['internal', 'Check the folder or the storage, and the free space.'];

/** What LanceDB throws, as ours: which table, what it was doing, the reason and what to do. No key of the storage is in it. */
export function lanceFailure(
  place: string,
  what: string,
  cause: unknown,
  secrets: Secrets = [],
): MortiseError {
  if (isMortiseError(cause)) return cause;
  const said = errorText(cause);
  const ends = endsOf(said);
  const [code, advice] =
    cause instanceof SyntaxError ? DAMAGED : (KINDS.find(([words]) => words.test(ends))?.[1] ?? OTHER);
  const message = `The store ${place} could not be ${what}: ${shown(redact(said, secrets))}. ${advice}`;
  const isKept = redact(said, secrets) === said;
  return new MortiseError(code, message, {
    ...(isKept ? { cause } : {}),
    ...(code === 'conflict' ? { retryable: true } : {}),
  });
}

/** Another commit was in the way, and nothing was written: the same may be tried again. */
export function isConflict(error: unknown): boolean {
  return CONFLICT_WORDS.test(endsOf(errorText(error)));
}

/** A message may hold a whole filter, in its middle. */
function endsOf(said: string): string {
  return said.length <= 4000 ? said : `${said.slice(0, 2000)} ${said.slice(-2000)}`;
}

export function isMissingTable(error: unknown): boolean {
  return /^Table '.*' was not found/.test(errorText(error));
}

export function isPresent(error: unknown): boolean {
  return /already exists/.test(errorText(error));
}

/** Without the places in LanceDB's own source, and without what it says again. */
function shown(said: string): string {
  const end = said.search(/, \/(?:usr|rustc)\/|\s+Caused by: /);
  const first = (end === -1 ? said : said.slice(0, end)).slice(0, 400);
  return first.replaceAll(/GenericFailure, |Wrapped error: |Generic N\/A error: /g, '');
}
