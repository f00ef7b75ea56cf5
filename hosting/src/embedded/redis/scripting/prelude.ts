/**
 * What every state runs first: brings back what Lua 5.1 had, takes away what scripts must not have.
 */
export const prelude: string = String.raw`
unpack = table.unpack
table.unpack = nil
table.pack = nil
table.move = nil
math.pow = function(x, y) return x ^ y end
math.log10 = function(x) return math.log(x, 10) end
math.mod = math.fmod
math.ldexp = function(m, e) return m * 2 ^ e end
math.cosh = function(x) return (math.exp(x) + math.exp(-x)) / 2 end
math.sinh = function(x) return (math.exp(x) - math.exp(-x)) / 2 end
math.tanh = function(x) local a, b = math.exp(x), math.exp(-x) return (a - b) / (a + b) end
math.frexp = function(x)
  if x == 0 then return 0, 0 end
  local e = math.floor(math.log(math.abs(x), 2)) + 1
  return x / 2 ^ e, e
end
math.type, math.tointeger, math.ult, math.maxinteger, math.mininteger = nil, nil, nil, nil, nil
string.pack, string.unpack, string.packsize, string.dump = nil, nil, nil, nil
table.getn = function(t) return #t end
table.maxn = function(t)
  local n = 0
  for k in pairs(t) do if type(k) == 'number' and k > n then n = k end end
  return n
end
table.foreach = function(t, f)
  for k, v in pairs(t) do local r = f(k, v) if r ~= nil then return r end end
end
table.foreachi = function(t, f)
  for k, v in ipairs(t) do local r = f(k, v) if r ~= nil then return r end end
end
string.gfind = string.gmatch

-- Whole numbers of more than 32 bits, and fractions, which Lua 5.1 cuts off.
local format, gsub, select, type, floor, ceil = string.format, string.gsub, select, type, math.floor, math.ceil
string.format = function(pattern, ...)
  local values, count, position = { ... }, select('#', ...), 0
  local changed = gsub(pattern, '%%([-+ #0]*%d*)(%.?%d*)([%a%%])', function(flags, precision, kind)
    if kind == '%' then return nil end
    position = position + 1
    if kind ~= 'd' and kind ~= 'i' and kind ~= 'u' then return nil end
    local value = tonumber(values[position])
    if value == nil or value ~= value or precision ~= '' then return nil end
    values[position] = value < 0 and ceil(value) or floor(value)
    return '%' .. flags .. '.0f'
  end)
  return format(changed, unpack(values, 1, count))
end

-- Text only: compiled code could break out of the machine.
local load = load
loadstring = function(text, name) return load(text, name, 't') end
_G.load = function(chunk, name, mode, env)
  if env == nil then return load(chunk, name, 't') end
  return load(chunk, name, 't', env)
end

dofile, loadfile, print, require, package, io, os, debug, utf8, collectgarbage =
  nil, nil, nil, nil, nil, nil, nil, nil, nil, collectgarbage

-- An error of redis.call is a table where it arises; who catches it gets the text.
local pcall = pcall
local function caught(ok, e, ...)
  if not ok and type(e) == 'table' and type(rawget(e, 'err')) == 'string' then return ok, e.err end
  return ok, e, ...
end
_G.pcall = function(f, ...) return caught(pcall(f, ...)) end

local setmetatable, rawset = setmetatable, rawset
local globals = _G
_G.setmetatable = function(t, m)
  if t == globals then error({ err = 'ERR Attempt to modify a readonly table' }) end
  return setmetatable(t, m)
end
_G.rawset = function(t, k, v)
  if t == globals then error('Attempt to modify a readonly table', 2) end
  return rawset(t, k, v)
end
setmetatable(_G, {
  __index = function(_, name)
    error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
  end,
  __newindex = function() error('Attempt to modify a readonly table', 2) end,
  __metatable = false,
})
`;
