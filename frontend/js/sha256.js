// SHA-256 of ASCII text (FIPS 180-4), made for trying many endings of one beginning.
const root = (number, power) => ((number ** (1 / power)) % 1) * 2 ** 32;
const primes = [];
for (let number = 2; primes.length < 64; number += 1) {
  if (primes.every((prime) => number % prime)) primes.push(number);
}
const K = Int32Array.from(primes, (prime) => root(prime, 3) | 0);
const START = Int32Array.from(primes.slice(0, 8), (prime) => root(prime, 2) | 0);
const words = new Int32Array(64);

const turn = (value, by) => (value >>> by) | (value << (32 - by));

function compress(state, bytes, at) {
  for (let i = 0; i < 16; i += 1) {
    const j = at + 4 * i;
    words[i] = (bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = words[i - 15];
    const y = words[i - 2];
    const first = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
    const second = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
    words[i] = words[i - 16] + first + words[i - 7] + second;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + words[i];
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] += value; });
}

// Returns a function that gives the digest of beginning + ending, as eight words.
export function digestsAfter(beginning) {
  const whole = beginning.length - (beginning.length % 64);
  const known = START.slice();
  const codes = Array.from(beginning, (letter) => letter.charCodeAt(0));
  for (let at = 0; at < whole; at += 64) compress(known, codes, at);
  const rest = codes.slice(whole);
  return (ending) => {
    const length = rest.length + ending.length;
    const bytes = new Uint8Array(length + 9 + ((119 - length % 64) % 64));
    bytes.set(rest);
    for (let i = 0; i < ending.length; i += 1) bytes[rest.length + i] = ending.charCodeAt(i);
    bytes[length] = 0x80;
    const bits = 8 * (whole + length);
    for (let i = 1; i <= 4; i += 1) bytes[bytes.length - i] = bits >>> (8 * (i - 1));
    const state = known.slice();
    for (let at = 0; at < bytes.length; at += 64) compress(state, bytes, at);
    return state;
  };
}

// Tries some numbers behind a challenge; returns the one whose digest begins with so many zero bits (at most 32), or -1.
export function search(challenge, bits, from, tries) {
  const digest = digestsAfter(`${challenge}:`);
  for (let number = from; number < from + tries; number += 1) {
    if (Math.clz32(digest(String(number))[0]) >= bits) return number;
  }
  return -1;
}
