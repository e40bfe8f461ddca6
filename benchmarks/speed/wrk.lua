-- One line of JSON at the end; with a file of signed messages, each request sends the next one.
local messages, signatures, own, number = {}, {}, 0, 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("own", #threads - 1)
end

function init(args)
  if args[1] then
    local count = 0
    for line in io.lines(args[1]) do
      local signature, body = line:match("^(.-)\t(.*)$")
      count = count + 1
      messages[count] = wrk.format("POST", nil,
        {["Stripe-Signature"] = signature, ["Content-Type"] = "application/json"}, body)
    end
    number = tonumber(args[2] or "0")
    request = function()
      number = number + 1
      return messages[number] or messages[#messages]
    end
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\nJSON {"requests": %d, "seconds": %.3f, "median_ms": %.2f, "p99_ms": %.2f, "slowest_ms": %.2f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
