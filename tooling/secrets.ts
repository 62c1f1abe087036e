/** A kind of secret, as providers and hosts write theirs. */
const KINDS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['an OpenAI or Anthropic key', /\bsk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{32,}/],
  ['an AWS key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['a Bedrock key', /\bABSK[A-Za-z0-9+/=]{40,}/],
  ['a Google key', /\bAIza[A-Za-z0-9_-]{35}/],
  ['a Voyage key', /\bpa-[A-Za-z0-9_-]{40,}/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,})/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{30,}\b/],
  ['a Slack token', /\bxox[abposr]-[A-Za-z0-9-]{20,}/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/],
  [
    'a key in a header',
    /["']?(?:authorization|x-api-key|api-key|cookie|set-cookie)["']?\s*[:=]\s*["'](?:Bearer |Basic )?(?=[A-Za-z0-9+/_.-]*\d)(?=[A-Za-z0-9+/_.-]*[A-Za-z])[A-Za-z0-9+/_.=-]{32,}["']/i,
  ],
  ['an organisation', /["']?openai-organization["']?\s*[:=]\s*["'](?!org-(?:test|example))[\w-]{8,}["']/i],
];

/** Secrets in a text, by line: a fixture that was recorded with a key, a key that was tried out. */
export function secretProblems(file: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, at) =>
      KINDS.filter(([, pattern]) => pattern.test(line)).map(
        ([what]) =>
          `${file}:${at + 1}: holds what looks like ${what}: revoke it, and put a short placeholder such as "test" there`,
      ),
    );
}
