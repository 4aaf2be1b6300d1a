-- A page of the tail. KEYS: as in extend.lua. ARGV: after, most events, most bytes.
-- Answers the page's position, how far the tail is, and the events' JSON; nothing where the tail is not complete behind `after`.
local state, events = KEYS[1], KEYS[2]
local after, most, mostBytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('HMGET', state, 'from', 'to', 'count')
local from, to, count = tonumber(held[1]), tonumber(held[2]), tonumber(held[3])
if not to or redis.call('XLEN', events) ~= count or after < from or after > to then return false end

local page, bytes = { held[2], held[2] }, 0
local entries = redis.call('XRANGE', events, '(' .. ARGV[1] .. '-0', '+', 'COUNT', most)
for index, entry in ipairs(entries) do
  page[index + 2] = entry[2][2]
  bytes = bytes + #entry[2][2]
  if index == most or bytes > mostBytes then
    page[1] = string.match(entry[1], '^%d+')
    break
  end
end
return page
