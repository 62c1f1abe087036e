/**
 * KEYS: the place of the one that enqueues. ARGV: its run, the milliseconds it keeps the place, what keys begin with, the
 * seconds that an earlier run's counts stay. 1 where it has the place now, 0 where another one has it.
 */
export const beginScript = `
local place, run, base = KEYS[1], ARGV[1], ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = redis.call('HGET', place, 'run')
local till = tonumber(redis.call('HGET', place, 'until') or '0')
if last and last ~= run then
  if till > now then return 0 end
  redis.call('EXPIRE', base .. 'run:' .. last, ARGV[4])
  redis.call('EXPIRE', base .. 'failed:' .. last, ARGV[4])
  redis.call('DEL', base .. 'seen:' .. last)
end
redis.call('HSET', place, 'run', run, 'until', now + ARGV[2])
return 1
`;

/**
 * KEYS: what is pending, the place, the run's counts, the ids it has seen. ARGV: the run, 1 where ids are remembered, what keys
 * begin with, and each document's id and number. 0 where another run has begun. A number that was written is not written again.
 */
export const enqueueScript = `
local pending, place, counts, seen = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local run, base = ARGV[1], ARGV[3]
if redis.call('HGET', place, 'run') ~= run then return 0 end
local last = tonumber(redis.call('HGET', counts, 'last') or '0')
local added = 0
for at = 4, #ARGV, 2 do
  local id, number = ARGV[at], tonumber(ARGV[at + 1])
  if number > last then
    local before = redis.call('HGET', pending, id)
    local other = before and string.match(before, '^(.*):%d+$')
    if other and redis.call('EXISTS', base .. 'run:' .. other) == 1 then
      redis.call('HINCRBY', base .. 'run:' .. other, 'superseded', 1)
    end
    redis.call('HSET', pending, id, run .. ':' .. ARGV[at + 1])
    if ARGV[2] == '1' then redis.call('SADD', seen, id) end
    added = added + 1
    last = number
  end
end
redis.call('HSET', counts, 'last', last)
if added > 0 then redis.call('HINCRBY', counts, 'enqueued', added) end
return 1
`;

/**
 * KEYS: what is pending, the run's counts, what it set aside. ARGV: the run, how many counts come with the documents, these with
 * their names, and of each document its id, its number, what became of it and its error.
 */
export const settleScript = `
local pending, counts, failed = KEYS[1], KEYS[2], KEYS[3]
local run, costs = ARGV[1], tonumber(ARGV[2])
local settled = 0
for at = 3 + 2 * costs, #ARGV, 4 do
  if redis.call('HGET', pending, ARGV[at]) == run .. ':' .. ARGV[at + 1] then
    redis.call('HDEL', pending, ARGV[at])
    redis.call('HINCRBY', counts, ARGV[at + 2], 1)
    if ARGV[at + 3] ~= '' then redis.call('RPUSH', failed, ARGV[at + 3]) end
    settled = settled + 1
  end
end
if settled > 0 then
  redis.call('HINCRBY', counts, 'settled', settled)
  for at = 3, 2 + 2 * costs, 2 do redis.call('HINCRBY', counts, ARGV[at], ARGV[at + 1]) end
end
return settled
`;

/**
 * KEYS: the place, the ids that the run has seen, its counts. ARGV: the run, how many ids it has seen, and ids. 1 for each that
 * was seen. 0 alone where nothing may be taken for missing: another run has begun, this one is through and has forgotten
 * its ids, or they are not all there, which is written down.
 */
export const stillScript = `
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[3], 'finished') then return 0 end
if redis.call('SCARD', KEYS[2]) ~= tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[3], 'lost', 1)
  return 0
end
local seen = {}
for at = 3, #ARGV do seen[at - 2] = redis.call('SISMEMBER', KEYS[2], ARGV[at]) end
return seen
`;

/**
 * KEYS: what was set aside, the run's counts. ARGV: how many the enqueuer has set aside with these, and these. A number that was
 * written is not written again: who did not hear an answer asks twice.
 */
export const failScript = `
local failed, counts = KEYS[1], KEYS[2]
local number = tonumber(ARGV[1])
if number <= tonumber(redis.call('HGET', counts, 'aside') or '0') then return 0 end
for at = 2, #ARGV do redis.call('RPUSH', failed, ARGV[at]) end
redis.call('HSET', counts, 'aside', number)
redis.call('HINCRBY', counts, 'failed', #ARGV - 1)
return 1
`;
