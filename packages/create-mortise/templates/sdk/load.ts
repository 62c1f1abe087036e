/** At the first call: importing an SDK takes longer than importing core. */
async function loadSdk(): Promise<typeof Sdk> {
  try {
    return await import('acme-sdk');
  } catch (cause) {
    const message = 'The package acme-sdk could not be loaded. Install it: npm install acme-sdk';
    throw new MortiseError('missing-dependency', message, { provider: 'acme', cause });
  }
}
