import { createAnthropic } from '@ai-sdk/anthropic';
import type { WireTarget } from '@mortise/conformance';
import { below, settingsOf } from './settings.ts';

export { anthropicMessages as dialect } from '@mortise/conformance';
export const name = '@ai-sdk/anthropic';
export const reasons = { seed: 'The Messages API takes no seed.' };

export default (target: WireTarget) =>
  createAnthropic({ ...settingsOf(target), baseURL: below(target, '/v1') })('claude-test');
