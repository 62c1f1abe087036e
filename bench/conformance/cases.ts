import { llmSuite, openAIChatCompletions } from '@mortise/conformance';
import { metadata } from './peer.ts';

const { capabilities } = metadata;

/**
 * Not counted, since no other library could pass them: what reads the events of Mortise's core (retries that are told of,
 * spans, `start`), what is about its deadline, members of blocks that no adapter could carry and the warnings about them,
 * and a case whose reply does not call the tool that was forced, which a strict peer refuses with good reason.
 */
const READS_CORE =
  /^(status\.(408|409|429|500|502|503|504|529)|retry\.bounded|spans\.once|metadata\.declared|fault\.reset\.after-start|status\.retry-after\.(429|503)-.*|secrets\.(events|reply)|back\.(members|strangers)|tools\.choice)$/;
/** `providerOptions`, `warnings`, `strict`: of Mortise's own interface, as is who answered. */
const OWN_OPTIONS = new Set(['C-07', 'C-08', 'C-16']);

const declared = new Set(Object.entries(capabilities).flatMap(([name, on]) => (on === true ? [name] : [])));

/** The cases of the LLM suite that count for every contender. */
export const counted = llmSuite.filter(
  ({ id, rule, requires }) =>
    !READS_CORE.test(id) &&
    !OWN_OPTIONS.has(rule) &&
    requires.every((feature) =>
      feature.startsWith('wire:')
        ? openAIChatCompletions.without[feature.slice(5)] === undefined
        : declared.has(feature),
    ),
);
