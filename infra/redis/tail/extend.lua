-- Adds a page of the log to the tail: what it has already it leaves, and where the page does not begin within it, it begins anew.
-- KEYS: the tail's state (from, to, count, bytes), its events. ARGV: channel, after, to, most events, most bytes, seconds to live,
-- then position and JSON of each event. Answers how far the tail is.
local state, events = KEYS[1], KEYS[2]
local channel, after, to, most, mostBytes, live = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local held = redis.call('HMGET', state, 'from', 'to', 'count', 'bytes')
local from, last, count, bytes = tonumber(held[1]), tonumber(held[2]), tonumber(held[3]), tonumber(held[4])

-- One of the keys may have been evicted without the other.
if not last or redis.call('XLEN', events) ~= count or after > last then
  redis.call('DEL', events)
  from, last, count, bytes = after, after, 0, 0
elseif to <= last then
  return held[2]
end

for index = 7, #ARGV, 2 do
  if tonumber(ARGV[index]) > last then
    redis.call('XADD', events, ARGV[index] .. '-0', 'event', ARGV[index + 1])
    count, bytes = count + 1, bytes + #ARGV[index + 1]
  end
end

while count > most or bytes > mostBytes do
  for _, entry in ipairs(redis.call('XRANGE', events, '-', '+', 'COUNT', 50)) do
    if count <= most and bytes <= mostBytes then break end
    redis.call('XDEL', events, entry[1])
    count, bytes = count - 1, bytes - #entry[2][2]
    from = tonumber(string.match(entry[1], '^%d+'))
  end
end

redis.call('HSET', state, 'from', string.format('%.0f', from), 'to', string.format('%.0f', to), 'count', count, 'bytes', bytes)
redis.call('EXPIRE', state, live)
redis.call('EXPIRE', events, live)
redis.call('PUBLISH', channel, string.format('%.0f', to))
return string.format('%.0f', to)
