-- Lesson 2 in Wireshark: the challenge, the length and the digest, each as a field.
--
-- To load it for one run:   wireshark -X lua_script:day30_auth.lua FILE     (tshark takes the same option)
-- To load it always:        copy it into the folder that Help > About Wireshark > Folders calls Personal Lua Plugins
-- The server's port is 9000; for another one, use Analyze > Decode As, or  -d tcp.port==PORT,day30_auth
--
-- The wire: the server sends a challenge of 32 random bytes. The client answers with the digest's length as a 4-byte signed
-- integer, little-endian, and with that many lowercase hex digits (32 of MD5, 64 of SHA-256). The server sends nothing back.

local auth = Proto("day30_auth", "day30 lesson 2: proving that a client knows a secret")

local challenge = ProtoField.bytes("day30_auth.challenge", "Challenge (32 random bytes)")
local length = ProtoField.int32("day30_auth.length", "Length of the digest", base.DEC)
local digest = ProtoField.string("day30_auth.digest", "Digest (hex digits)", base.ASCII)
local surplus = ProtoField.bytes("day30_auth.surplus", "More than the protocol allows")
auth.fields = { challenge, length, digest, surplus }

local bad_length = ProtoExpert.new(
  "day30_auth.bad_length", "The length is neither 32 nor 64", expert.group.PROTOCOL, expert.severity.WARN)
auth.experts = { bad_length }

local CHALLENGE = 32

-- Waits for more segments, until there are `wanted` bytes.
local function is_short(buffer, pinfo, wanted)
  if buffer:len() >= wanted then return false end
  pinfo.desegment_offset = 0
  pinfo.desegment_len = wanted - buffer:len()
  return true
end

local function rest(buffer, tree, from)
  if buffer:len() > from then tree:add(surplus, buffer(from)) end
end

-- What the server sends.
local function from_server(buffer, pinfo, tree)
  if is_short(buffer, pinfo, CHALLENGE) then return end
  pinfo.cols.info = "challenge"
  tree:add(challenge, buffer(0, CHALLENGE))
  rest(buffer, tree, CHALLENGE)
end

-- What the client answers.
local function from_client(buffer, pinfo, tree)
  if is_short(buffer, pinfo, 4) then return end
  local count = buffer(0, 4):le_int()
  local is_legal = count == 32 or count == 64
  if is_legal and is_short(buffer, pinfo, 4 + count) then return end
  pinfo.cols.info = "answer: length " .. count
  local item = tree:add_le(length, buffer(0, 4))
  if not is_legal then
    item:add_proto_expert_info(bad_length)
    rest(buffer, tree, 4)
    return
  end
  tree:add(digest, buffer(4, count))
  rest(buffer, tree, 4 + count)
end

function auth.dissector(buffer, pinfo, tree)
  pinfo.cols.protocol = "day30 auth"
  local subtree = tree:add(auth, buffer())
  -- The port that chose this dissector is the server's.
  if pinfo.src_port == pinfo.match_uint then
    from_server(buffer, pinfo, subtree)
  else
    from_client(buffer, pinfo, subtree)
  end
end

DissectorTable.get("tcp.port"):add(9000, auth)
