// REPLACE: only if the API words its errors otherwise than OpenAI's.
function errorOf(text: string): { message?: string; code?: 'quota' | 'context-length' } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's page says nothing of use.
    return {};
  }
  const error = isObject(body) && isObject(body['error']) ? body['error'] : {};
  const message = typeof error['message'] === 'string' ? { message: error['message'] } : {};
  switch (error['code']) {
    case 'insufficient_quota':
      return { ...message, code: 'quota' };
    case 'context_length_exceeded':
      return { ...message, code: 'context-length' };
    default:
      return message;
  }
}
