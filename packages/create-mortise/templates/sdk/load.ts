/** At the first call: importing an SDK takes longer than importing core. */
const loadSdk = /* @__PURE__ */ lazySdk('acme', 'acme-sdk', () => import('acme-sdk'));
