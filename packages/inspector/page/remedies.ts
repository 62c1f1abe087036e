/** What to do about each code; messages say more, and these stand where a message is private. */
const REMEDIES: Readonly<Record<string, string>> = {
  authentication: 'Check the key: the variable that the integration reads, or the option apiKey, which wins.',
  permission: 'The key is known, and may not do this: ask for access to the model, or use another one.',
  'not-found': 'Check the name of the model and the base URL.',
  'invalid-request': 'The request is wrong as it is; the message names what. It is not retried.',
  'context-length': 'Send less: fewer sources, a shorter history, or a model with a longer context.',
  'content-filter': 'The provider refused the content. Ask in other words, or look at its policy.',
  'rate-limit': 'Wait, or send less at once: a limiter on the model keeps below the rate.',
  quota: 'The account is used up; waiting does not help. Raise its limit.',
  overloaded: 'The provider is busy. It is retried; withFallback asks another model meanwhile.',
  server: 'The provider failed. It is retried; its request id helps its support.',
  connection: 'Check the network, the base URL and any proxy.',
  timeout: 'Raise timeoutMs, or stream: then it bounds each silence and not the length.',
  aborted: 'The caller stopped it, or left the stream before its end.',
  'stream-truncated': 'A proxy or the provider cut the reply. What had come stands in error.partial.',
  'malformed-response': 'Something else answered, such as a login page or a proxy. Look at the base URL.',
  unsupported:
    'The model or retriever does not do this, and nothing was sent. Use one that does, or correct its metadata.',
  parse: 'The form of the text is wrong. Use tolerant: true, or withRepair(parser, llm).',
  validation: 'The values are wrong. withRepair(parser, llm) shows the model what was wrong.',
  'missing-dependency': 'A package is not installed; the message has the command.',
  configuration: 'An option is wrong; the message names it.',
  conflict: 'Somebody else writes to the same place. Wait until the other run has ended.',
  budget: 'The budget is spent. Raise it, or wait until it is renewed.',
  'max-steps': 'The model still asked for tools. Look at what failed, or raise maxSteps.',
  internal: 'An error that is not of Mortise: a tool, a callback, a bug. Its cause says which.',
};

export function remedyOf(code: string | undefined): string | undefined {
  return code !== undefined && Object.hasOwn(REMEDIES, code) ? REMEDIES[code] : undefined;
}
