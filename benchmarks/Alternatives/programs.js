function empty(data) {
    return 1;
}

function fnv1a(data) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < 1024; i++)
        hash = Math.imul(hash ^ data[i], 16777619);
    return hash >>> 0;
}

function be32_sum(data) {
    let sum = 0;
    for (let i = 0; i < 1024; i += 4)
        sum = (sum + (data[i] << 24 | data[i + 1] << 16 | data[i + 2] << 8 | data[i + 3])) | 0;
    return sum >>> 0;
}

function primes(data) {
    const limit = 192 + (data[0] & 7);
    let count = 0;
    for (let candidate = 2; candidate < limit; candidate++) {
        let divisor = 2;
        while (divisor * divisor <= candidate && candidate % divisor !== 0)
            divisor++;
        if (divisor * divisor > candidate)
            count++;
    }
    return count;
}
