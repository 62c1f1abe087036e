/**
 * What a new repository installs: the floors that this release was tested with. Those of the tools are the workspace's
 * own, and a check holds them equal.
 */
export const VERSIONS = {
  core: '^1.0.0',
  conformance: '^1.0.0',
  openai: '^1.0.0',
  tools: {
    '@types/node': '^24.0.0',
    oxlint: '^1.94.0',
    publint: '^0.3.25',
    tsup: '^9.0.0',
    typescript: '~6.0.3',
    vitest: '^5.1.1',
  },
} as const;
