import type { BlockList } from 'node:net';

/** The addresses of a host name. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** `link-local`: of this link alone, where clouds answer with credentials. `private`: whatever else is not public. */
export type AddressKind = 'public' | 'private' | 'link-local';

/** A network: its kind, where it begins, and its bits. */
type Network = readonly [AddressKind, string, number];

/** IANA's registries of special purpose addresses. */
const IPV4: readonly Network[] = [
  ['link-local', '169.254.0.0', 16],
  ['private', '0.0.0.0', 8],
  ['private', '10.0.0.0', 8],
  ['private', '100.64.0.0', 10],
  ['private', '127.0.0.0', 8],
  ['private', '172.16.0.0', 12],
  ['private', '192.0.0.0', 24],
  ['private', '192.0.2.0', 24],
  ['private', '192.88.99.0', 24],
  ['private', '192.168.0.0', 16],
  ['private', '198.18.0.0', 15],
  ['private', '198.51.100.0', 24],
  ['private', '203.0.113.0', 24],
  ['private', '224.0.0.0', 4],
  ['private', '240.0.0.0', 4],
];
/** All but 2000::/3, which is what there is of public ones, and in it what carries an IPv4 address. */
const IPV6: readonly Network[] = [
  ['link-local', 'fe80::', 10],
  ['private', '::', 3],
  ['private', '2001::', 23],
  ['private', '2001:db8::', 32],
  ['private', '2002::', 16],
  ['private', '3fff::', 20],
  ['private', '4000::', 2],
  ['private', '8000::', 1],
];

/** What kind of address it is; `private` for what is none. */
export async function addressKind(address: string): Promise<AddressKind> {
  const { isIP } = await import('node:net');
  // A zone names a link of this machine.
  const plain = address.replace(/%.*$/, '');
  const mapped = mappedIPv4(plain) ?? plain;
  const family = isIP(mapped);
  if (family === 0) return 'private';
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const network = (await networks())[type].find(({ list }) => list.check(mapped, type));
  return network?.kind ?? 'public';
}

/** The addresses that a host stands for: its own where it is one. A name that is not found is left to `fetch` to tell of. */
export async function hostAddresses(host: string, lookup: Lookup | undefined): Promise<readonly string[]> {
  if (/^(localhost|.*\.localhost)\.?$/i.test(host)) return ['127.0.0.1'];
  const { isIP } = await import('node:net');
  if (isIP(host) !== 0) return [host];
  if (lookup !== undefined) return lookup(host);
  const dns = await import('node:dns/promises');
  try {
    const found = await dns.lookup(host, { all: true });
    return found.map(({ address }) => address);
  } catch {
    return [];
  }
}

/** `::ffff:a9fe:a9fe` and `::ffff:169.254.169.254`. */
function mappedIPv4(address: string): string | undefined {
  const rest = /^::ffff:(?:0:)?([\da-f.:]+)$/i.exec(address)?.[1];
  if (rest === undefined || rest.includes('.')) return rest;
  const [high = 0, low] = rest.split(':').map((group) => Number.parseInt(group, 16));
  if (low === undefined) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

interface Checked {
  readonly kind: AddressKind;
  readonly list: BlockList;
}

let made: { readonly ipv4: readonly Checked[]; readonly ipv6: readonly Checked[] } | undefined;

async function networks(): Promise<NonNullable<typeof made>> {
  const { BlockList: List } = await import('node:net');
  const of = (ranges: readonly Network[], type: 'ipv4' | 'ipv6'): Checked[] =>
    ranges.map(([kind, network, bits]) => {
      const list = new List();
      list.addSubnet(network, bits, type);
      return { kind, list };
    });
  return (made ??= { ipv4: of(IPV4, 'ipv4'), ipv6: of(IPV6, 'ipv6') });
}
