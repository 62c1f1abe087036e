/**
 * What the scripts share. KEYS: the levels of the buckets (a hash), the line of tickets by arrival, the tickets by the moment
 * at which they end, the calls in flight by the moment at which they end (sorted sets). Times are milliseconds of the server's
 * clock, so the clocks of the processes need not agree. `heard` is how long ago the caller last knew of the levels, below
 * zero for never: where they are lost (a flush, an eviction, a server without persistence) the buckets are taken to have been
 * empty then, as whoever asked before may have emptied them at the provider's.
 */
const BUCKETS = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local stored = redis.call('HMGET', KEYS[1], 'at', 'requests', 'tokens')
local function filled(level, capacity, heard)
  if stored[1] and level then
    return math.min(capacity, tonumber(level) + math.max(0, now - tonumber(stored[1])) * capacity / 60000)
  end
  if not stored[1] and heard >= 0 then return math.min(capacity, heard * capacity / 60000) end
  return capacity
end
local function number(value) return string.format('%.17g', value) end
local untilFull = 0
local function keep(field, level, capacity)
  if capacity == 0 then return end
  redis.call('HSET', KEYS[1], field, number(level))
  untilFull = math.max(untilFull, (capacity - level) / capacity)
end
local function kept()
  redis.call('HSET', KEYS[1], 'at', number(now))
  redis.call('PEXPIRE', KEYS[1], math.ceil(math.min(untilFull, 10000) * 60000) + 60000)
end
`;

/**
 * ARGV: lease, requests a minute, tokens a minute, concurrency (0 for none), heard, then for each call its id, its tokens and how
 * long it has waited. Grants the first of them for which there is room, in their order, and none that is younger than
 * another's ticket; the next one gets a ticket, which keeps its place in the line until it ends. A call that is in flight
 * already is granted again and costs nothing: a client may send a command twice. Gives how many were granted, the
 * milliseconds after which the next one should ask, and whether the levels were lost.
 */
export const askScript = (): string => `${BUCKETS}
local lease, perMinute, tokensPerMinute = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local concurrency, heard = tonumber(ARGV[4]), tonumber(ARGV[5])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', number(now))) do
  redis.call('ZREM', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
end
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', number(now))
local requests = filled(stored[2], perMinute, heard)
local tokens = filled(stored[3], tokensPerMinute, heard)
local running = redis.call('ZCARD', KEYS[4])
local ends = number(now + lease)

local first = ARGV[6]
local ticket = redis.call('ZSCORE', KEYS[2], first)
local older = false
local line = redis.call('ZRANGE', KEYS[2], 0, 1, 'WITHSCORES')
for i = 1, #line, 2 do
  if line[i] ~= first and not older then older = tonumber(line[i + 1]) end
end

local granted, wait = 0, 0
for i = 6, #ARGV, 3 do
  local id, asked, came = ARGV[i], tonumber(ARGV[i + 1]), now - tonumber(ARGV[i + 2])
  if i == 6 and ticket then came = tonumber(ticket) end
  if not redis.call('ZSCORE', KEYS[4], id) then
    local ahead = 0
    if older and older < came then ahead = redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. number(came)) end
    if ahead > 0 then wait = 25 * math.min(ahead, 10) end
    if concurrency > 0 and running >= concurrency then wait = math.max(wait, 25) end
    local missing = 1 + ahead - requests
    if perMinute > 0 and missing > 1e-6 then wait = math.max(wait, missing * 60000 / perMinute) end
    missing = asked - tokens
    if tokensPerMinute > 0 and missing > 1e-6 then wait = math.max(wait, missing * 60000 / tokensPerMinute) end
    if wait > 0 then
      redis.call('ZADD', KEYS[2], number(came), id)
      redis.call('ZADD', KEYS[3], ends, id)
      redis.call('PEXPIRE', KEYS[2], lease * 2)
      redis.call('PEXPIRE', KEYS[3], lease * 2)
      break
    end
    requests = requests - 1
    tokens = tokens - asked
    running = running + 1
    redis.call('ZADD', KEYS[4], ends, id)
    redis.call('PEXPIRE', KEYS[4], lease * 2)
    redis.call('ZREM', KEYS[2], id)
    redis.call('ZREM', KEYS[3], id)
  end
  granted = granted + 1
end
keep('requests', requests, perMinute)
keep('tokens', tokens, tokensPerMinute)
kept()
local lost = 0
if not stored[1] and heard >= 0 then lost = 1 end
return { granted, math.ceil(math.min(wait, 600000)), lost }
`;

/**
 * ARGV: requests a minute, tokens a minute, then for each call its id, the requests and the tokens that it gives back (below zero:
 * takes besides). Takes it out of the line and out of flight. A call that was not in flight gives back nothing, so that
 * doing it twice does no harm.
 */
export const settleScript = (): string => `${BUCKETS}
local perMinute, tokensPerMinute = tonumber(ARGV[1]), tonumber(ARGV[2])
local requests = filled(stored[2], perMinute, 0)
local tokens = filled(stored[3], tokensPerMinute, 0)
for i = 3, #ARGV, 3 do
  redis.call('ZREM', KEYS[2], ARGV[i])
  redis.call('ZREM', KEYS[3], ARGV[i])
  if redis.call('ZREM', KEYS[4], ARGV[i]) == 1 then
    requests = math.min(perMinute, requests + tonumber(ARGV[i + 1]))
    tokens = math.min(tokensPerMinute, tokens + tonumber(ARGV[i + 2]))
  end
end
if stored[1] then
  keep('requests', requests, perMinute)
  keep('tokens', tokens, tokensPerMinute)
  kept()
end
return 0
`;

/** ARGV: lease, then the ids of calls that are in flight. One whose lease had ended is in flight again, which it is. */
export const renewScript = (): string => `
local time = redis.call('TIME')
local ends = string.format('%.17g', time[1] * 1000 + time[2] / 1000 + tonumber(ARGV[1]))
for i = 2, #ARGV do redis.call('ZADD', KEYS[4], ends, ARGV[i]) end
redis.call('PEXPIRE', KEYS[4], tonumber(ARGV[1]) * 2)
return 0
`;
