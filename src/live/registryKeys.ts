/** The registry's keys in Redis (requirements 79–82), and the scripts that change several of them at once. */
export interface RegistryKeys {
  readonly root: string;
  /** Sorted set: the person's sessions by the time they connected. */
  connections(userId: string): string;
  /** Hash: one session. */
  socket(sessionId: string): string;
  /** Set: the sessions of one server. */
  instance(instanceId: string): string;
  /** Sorted set: people of a workspace with a session. */
  online(workspaceId: string): string;
  /** Sorted set: servers by the end of their lease, in milliseconds of Redis's clock. */
  readonly instances: string;
  /** When Redis, empty, first heard of a server. */
  readonly since: string;
  /** Changes, and what one server asks of another. */
  readonly channel: string;
}

export function registryKeys(prefix: string): RegistryKeys {
  const root = `${prefix}ws:`;
  return {
    root,
    connections: (userId) => `${root}connections:${userId}`,
    socket: (sessionId) => `${root}socket:${sessionId}`,
    instance: (instanceId) => `${root}instance:${instanceId}`,
    online: (workspaceId) => `${root}online:${workspaceId}`,
    instances: `${root}instances`,
    since: `${root}since`,
    channel: `${root}registry`,
  };
}

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * KEYS: instances, since. ARGV: instance, lease in ms. Answers 0 where this server's lease was not running: others may
 * have removed some or all of its sessions.
 */
export const renewScript = `${now}
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], 86400000)
redis.call('SET', KEYS[2], now, 'NX')
redis.call('PEXPIRE', KEYS[2], ARGV[2] * 4)
return (known and tonumber(known) > now) and 1 or 0`;

/**
 * ARGV: root of the keys, instance, time to live in ms, then for each session its id, person, workspace, when it
 * connected (ISO 8601, and in ms), itself and its state as JSON. Answers for each the ids of the person's sessions.
 * The keys it makes up are all of this prefix, as those of the scripts below: one Redis, no cluster.
 */
export const enterScript = `
local root, instance, ttl = ARGV[1], ARGV[2], ARGV[3]
local people, workspaces = {}, {}
for i = 4, #ARGV, 7 do
  local id, user, workspace = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local connections, socket = root .. 'connections:' .. user, root .. 'socket:' .. id
  redis.call('ZADD', connections, ARGV[i + 4], id)
  redis.call('PEXPIRE', connections, ttl)
  redis.call('HSET', socket, 'userId', user, 'workspaceId', workspace, 'connectedAt', ARGV[i + 3],
    'instanceId', instance, 'session', ARGV[i + 5], 'state', ARGV[i + 6])
  redis.call('PEXPIRE', socket, ttl)
  redis.call('SADD', root .. 'instance:' .. instance, id)
  redis.call('ZADD', root .. 'online:' .. workspace, ARGV[i + 4], user)
  workspaces[workspace] = true
  people[#people + 1] = redis.call('ZRANGE', connections, 0, -1)
end
redis.call('PEXPIRE', root .. 'instance:' .. instance, ttl)
for workspace in pairs(workspaces) do redis.call('PEXPIRE', root .. 'online:' .. workspace, ttl) end
return people`;

/** ARGV: root of the keys, instance, then for each session its id, person and workspace. */
export const removeScript = `
local root, instance = ARGV[1], ARGV[2]
for i = 3, #ARGV, 3 do
  local id, user, workspace = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local connections = root .. 'connections:' .. user
  redis.call('ZREM', connections, id)
  redis.call('DEL', root .. 'socket:' .. id)
  redis.call('SREM', root .. 'instance:' .. instance, id)
  if redis.call('EXISTS', connections) == 0 then redis.call('ZREM', root .. 'online:' .. workspace, user) end
end
return 1`;

/**
 * KEYS: instances. ARGV: root of the keys, how many sessions at most. Answers the people whose sessions were
 * removed, once per session; empty: no dead server is left.
 */
export const sweepScript = `${now}
local dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
if not dead then return {} end
local users = {}
while #users == 0 and dead do
  local ids = redis.call('SPOP', ARGV[1] .. 'instance:' .. dead, ARGV[2])
  for _, id in ipairs(ids) do
    local socket = ARGV[1] .. 'socket:' .. id
    local found = redis.call('HMGET', socket, 'userId', 'workspaceId')
    redis.call('DEL', socket)
    if found[1] then
      local connections = ARGV[1] .. 'connections:' .. found[1]
      redis.call('ZREM', connections, id)
      if redis.call('EXISTS', connections) == 0 then
        redis.call('ZREM', ARGV[1] .. 'online:' .. found[2], found[1])
      end
      users[#users + 1] = found[1]
    end
  end
  if #ids == 0 then
    redis.call('ZREM', KEYS[1], dead)
    dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
  end
end
return users`;
