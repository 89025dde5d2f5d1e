#include "CShims.h"

typedef uint8_t bytes __attribute__((ext_vector_type(64), aligned(1)));
typedef _Bool conditions __attribute__((ext_vector_type(64)));

#define BITS(mask) __builtin_bit_cast(uint64_t, __builtin_convertvector(mask, conditions))

size_t apus_text_breaks(
    const uint8_t *text, size_t count, uint8_t delimiter, int32_t *breaks, unsigned *odd) {
  size_t found = 0;
  unsigned flags = 0;
  for (size_t at = 0; at < count; at += 64) {
    bytes here = *(const bytes *)(text + at);
    __auto_type feeds = here == (uint8_t)'\n';
    uint64_t ends = BITS(feeds | (here == delimiter));
    // Bytes below 14 are line feeds and tabs, and rarely anything else.
    uint64_t strange = BITS((here == (uint8_t)'"') | ((here < (uint8_t)14) & ~feeds & (here != (uint8_t)'\t')));
    if (count - at < 64) {
      uint64_t inside = ((uint64_t)1 << (count - at)) - 1;
      ends &= inside;
      strange &= inside;
    }
    if (strange) {
      uint64_t inside = count - at < 64 ? ((uint64_t)1 << (count - at)) - 1 : ~(uint64_t)0;
      uint64_t returns = BITS(here == (uint8_t)'\r') & inside;
      uint64_t followed = BITS(feeds) >> 1;
      if (at + 64 < count && text[at + 64] == '\n') followed |= (uint64_t)1 << 63;
      if (returns & ~followed) flags |= apus_text_return;
      if (BITS(here == (uint8_t)'"') & inside) flags |= apus_text_quote;
      if (BITS(here == (uint8_t)0) & inside) flags |= apus_text_zero;
    }
    // Eight at a time without asking how many: the end of a loop that depends on data costs more than a few stores.
    int32_t *out = breaks + found;
    uint64_t rest = ends;
    int places = __builtin_popcountll(ends);
    do {
      for (int i = 0; i < 8; i++) {
        out[i] = (int32_t)at + __builtin_ctzll(rest | (uint64_t)1 << 63);
        rest &= rest - 1;
      }
      out += 8;
    } while (rest);
    found += (size_t)places;
  }
  *odd = flags;
  return found;
}
