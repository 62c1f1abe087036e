/** Whether this machine keeps the lowest byte of a number first. */
export const LITTLE_ENDIAN: boolean = /* @__PURE__ */ lowestFirst();

function lowestFirst(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
}
