import { createMistral } from '@ai-sdk/mistral';
import type { WireTarget } from '@mortise/conformance';
import { below, settingsOf } from './settings.ts';

export { mistralChat as dialect } from '@mortise/conformance';
export const name = '@ai-sdk/mistral';

export default (target: WireTarget) =>
  createMistral({ ...settingsOf(target), baseURL: below(target, '/v1') })('mistral-test');
