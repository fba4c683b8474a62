/* Lesson 3, in C, step by step as RFC 2104 has it. */
#include "md5.h"

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  size_t key_len = strlen(argv[1]), len = strlen(argv[2]);
  unsigned char key[64] = {0}, digest[16], outer[64 + 16], *inner = malloc(64 + len);
  if (key_len > 64) md5((unsigned char *)argv[1], key_len, key);
  else memcpy(key, argv[1], key_len);
  for (int i = 0; i < 64; i++) inner[i] = key[i] ^ 0x36, outer[i] = key[i] ^ 0x5c;
  memcpy(inner + 64, argv[2], len);
  md5(inner, 64 + len, outer + 64);
  md5(outer, sizeof outer, digest);
  char digits[33];
  hex(digest, digits);
  puts(digits);
  return 0;
}
