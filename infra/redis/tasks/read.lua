-- KEYS: the state. ARGV: what the names of rows begin with, then ids. Answers epoch, position and the JSON of each row that is there.
local epoch, position = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'position'))
if not position then return false end
local answer = { epoch, position }
for index = 2, #ARGV do
  answer[index + 1] = redis.call('HGET', ARGV[1] .. ':' .. epoch .. ':' .. ARGV[index], 'json') or ''
end
return answer
