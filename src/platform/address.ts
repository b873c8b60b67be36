import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * The address a request comes from. Behind `trustedHops` proxies of one's own it is what the outermost of them saw:
 * that entry of `X-Forwarded-For`, counted from the right. What stands left of it is the client's own claim.
 */
export function addressOf(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustedHops: number,
): string | undefined {
  const direct = plain(request.socket.remoteAddress);
  if (trustedHops === 0) return direct;
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const seen = plain(forwarded.at(-trustedHops)?.trim());
  return seen !== undefined && isIP(seen) !== 0 ? seen : direct;
}

/** IPv4 in IPv6 is the same client. */
function plain(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** What limits count an address by: one person has a whole /64 of IPv6 to connect from. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
