-- Bytes of data are numbered from 1.

function empty(data)
    return 1
end

function fnv1a(data)
    local hash = 0x811c9dc5
    for i = 1, 1024 do
        hash = (hash ~ data[i]) * 16777619 & 0xffffffff
    end
    return hash
end

function be32_sum(data)
    local sum = 0
    for i = 1, 1024, 4 do
        sum = sum + (data[i] << 24 | data[i + 1] << 16 | data[i + 2] << 8 | data[i + 3])
    end
    return sum & 0xffffffff
end

function primes(data)
    local limit = 192 + (data[1] & 7)
    local count = 0
    for candidate = 2, limit - 1 do
        local divisor = 2
        while divisor * divisor <= candidate and candidate % divisor ~= 0 do
            divisor = divisor + 1
        end
        if divisor * divisor > candidate then
            count = count + 1
        end
    end
    return count
end
