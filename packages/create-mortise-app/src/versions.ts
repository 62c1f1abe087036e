/**
 * What a new application installs: the floors that this release was tested with. Those of zod and the tools are the
 * workspace's own, and a check holds them equal.
 */
export const VERSIONS = {
  packages: {
    '@mortise/anthropic': '^1.0.0',
    '@mortise/cohere': '^1.0.0',
    '@mortise/core': '^1.0.0',
    '@mortise/energetic-ai': '^1.0.0',
    '@mortise/google': '^1.0.0',
    '@mortise/mistral': '^1.0.0',
    '@mortise/openai': '^1.0.0',
    '@mortise/rag': '^1.0.0',
    '@mortise/stores': '^1.0.0',
    '@mortise/toolkit': '^1.0.0',
    zod: '^4.6.7',
  },
  tools: { '@types/node': '^24.0.0', typescript: '~6.0.3' },
} as const;
