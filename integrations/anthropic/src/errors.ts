import { MortiseError } from '@mortise/core';
import { redact, withoutSecrets, type About } from '@mortise/core/wire';

/** The SDK's own timer is off, so its time-out is the runtime's for connecting, whose cause the SDK drops. */
export function connectTimedOut(
  thrown: unknown,
  { provider, model, secrets }: About,
): MortiseError | undefined {
  if (!(thrown instanceof Error) || thrown.name !== 'APIConnectionTimeoutError') return undefined;
  const message = `The connection to ${provider} could not be made in time. Check the network, the base URL and any proxy.`;
  return new MortiseError('connection', redact(message, secrets), {
    provider,
    model,
    cause: withoutSecrets(thrown, secrets),
  });
}
