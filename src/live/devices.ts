import { createHash } from 'node:crypto';
import { networkOf } from '../platform/address.ts';
import type { RegisteredSession } from './registeredSession.ts';

const longestDeviceId = 200;

/**
 * Which of a person's devices connects: `deviceId` of the connection parameters, text of up to 200 characters
 * that the client keeps; else whatever has the same address and user agent.
 */
export function deviceIdOf(parts: {
  connectionParams?: unknown;
  ip: string | undefined;
  userAgent: string | undefined;
}): string {
  const { connectionParams, ip, userAgent } = parts;
  const { deviceId } = (connectionParams ?? {}) as { deviceId?: unknown };
  if (typeof deviceId === 'string' && deviceId !== '' && deviceId.length <= longestDeviceId) return `id:${deviceId}`;
  return `seen:${createHash('sha256')
    .update(`${networkOf(ip)}\n${userAgent ?? ''}`)
    .digest('base64url')}`;
}

/**
 * The sessions of one person that must go: of a device with too many its oldest ones, and all of the devices used
 * longest ago. Every server that asks gets the same answer, whoever connects at the same moment on another one.
 */
export function evictions<S extends Pick<RegisteredSession, 'id' | 'deviceId'>>(
  sessions: readonly S[],
  limits: { devices: number; perDevice: number },
): S[] {
  // Ids are UUIDv7: they sort by the time of connecting.
  const newestFirst = sessions.toSorted((a, b) => (a.id < b.id ? 1 : -1));
  const kept = new Map<string, number>();
  return newestFirst.filter(({ deviceId }) => {
    const count = kept.get(deviceId) ?? 0;
    if (count >= limits.perDevice || (count === 0 && kept.size >= limits.devices)) return true;
    kept.set(deviceId, count + 1);
    return false;
  });
}
