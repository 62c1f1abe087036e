/** Media bytes as base64, whatever form they were given in. */
export function base64Of(data: string | Uint8Array): string {
  if (typeof data === 'string') return data;
  let binary = '';
  // In slices, as the arguments of a call are limited.
  for (let at = 0; at < data.length; at += 0x8000)
    binary += String.fromCharCode(...data.subarray(at, at + 0x8000));
  return btoa(binary);
}
