/* MD5, as RFC 1321 has it, for messages that are in memory. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void md5(const unsigned char *message, size_t len, unsigned char digest[16]) {
  static const unsigned char shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  uint32_t sum[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  size_t blocks = (len + 8) / 64 + 1;
  unsigned char *padded = calloc(blocks, 64);
  uint64_t bits = 8 * (uint64_t)len;
  memcpy(padded, message, len);
  padded[len] = 0x80;
  memcpy(padded + blocks * 64 - 8, &bits, 8);
  for (size_t block = 0; block < blocks; block++) {
    uint32_t word[16], a = sum[0], b = sum[1], c = sum[2], d = sum[3];
    memcpy(word, padded + 64 * block, 64);
    for (int i = 0; i < 64; i++) {
      uint32_t f;
      int round = i / 16, which;
      if (round == 0) f = (b & c) | (~b & d), which = i;
      else if (round == 1) f = (d & b) | (~d & c), which = (5 * i + 1) % 16;
      else if (round == 2) f = b ^ c ^ d, which = (3 * i + 5) % 16;
      else f = c ^ (b | ~d), which = 7 * i % 16;
      f += a + (uint32_t)floor(fabs(sin(i + 1)) * 4294967296.0) + word[which];
      int shift = shifts[round][i % 4];
      a = d, d = c, c = b, b += f << shift | f >> (32 - shift);
    }
    sum[0] += a, sum[1] += b, sum[2] += c, sum[3] += d;
  }
  memcpy(digest, sum, 16);
  free(padded);
}

static void hex(const unsigned char digest[16], char digits[33]) {
  for (int i = 0; i < 16; i++) sprintf(digits + 2 * i, "%02x", digest[i]);
}
