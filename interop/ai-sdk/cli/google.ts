import { createGoogle } from '@ai-sdk/google';
import type { WireTarget } from '@mortise/conformance';
import { below, settingsOf } from './settings.ts';

export { google as dialect } from '../dialects.ts';
export const name = '@ai-sdk/google';

export default (target: WireTarget) =>
  createGoogle({ ...settingsOf(target), baseURL: below(target, '/v1beta') })('gemini-test');
