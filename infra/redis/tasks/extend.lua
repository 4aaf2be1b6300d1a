-- Takes in the rows that a page of the log has changed. KEYS: the state (epoch, position), then the rows. ARGV: the epoch in which the
-- rows were read, a new one, after, to, seconds that the state lives, then position, JSON and seconds to live of each row.
-- Answers whether it is done; where rows of that epoch are not to be relied on, it begins another, and wants the page again.
local after, to = tonumber(ARGV[3]), tonumber(ARGV[4])
local epoch, position = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'position'))

if not position or after > tonumber(position) then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'position', ARGV[3])
  redis.call('EXPIRE', KEYS[1], ARGV[5])
  return 0
end
if epoch ~= ARGV[1] then return 0 end
-- Somebody has taken these events in, or they are older than the epoch: its rows begin with it.
if to <= tonumber(position) then return 1 end

for index = 2, #KEYS do
  local row = 6 + (index - 2) * 3
  local before = redis.call('HGET', KEYS[index], 'position')
  if not before or tonumber(before) < tonumber(ARGV[row]) then
    redis.call('HSET', KEYS[index], 'position', ARGV[row], 'json', ARGV[row + 1])
    redis.call('EXPIRE', KEYS[index], ARGV[row + 2])
  end
end
redis.call('HSET', KEYS[1], 'position', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
