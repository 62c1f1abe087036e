/** `node:buffer` where there is none, with the alphabet of base64 that the package lacks. */
import { Buffer } from 'buffer/';

const { toString } = Buffer.prototype;
Buffer.prototype.toString = function (encoding, ...range) {
  if (encoding !== 'base64url') return toString.call(this, encoding, ...range);
  return toString
    .call(this, 'base64', ...range)
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
};

export { Buffer };
