-- A bucket that holds as many tokens as may be taken in a minute. KEYS: the bucket. ARGV: tokens per minute, tokens to take.
-- Answers the seconds until there is a token, 0 where there is one, which is then taken. The clock is the server's.
local most, taken = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local held = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = tonumber(held[1] or most)
left = math.min(most, left + math.max(0, now - tonumber(held[2] or now)) * most / 60)
if left < 1 then return string.format('%.6f', (1 - left) * 60 / most) end
if taken > 0 then
  redis.call('HSET', KEYS[1], 'left', string.format('%.6f', left - taken), 'at', string.format('%.6f', now))
  -- A full bucket is the same as none.
  redis.call('EXPIRE', KEYS[1], 61)
end
return '0'
