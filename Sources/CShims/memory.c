#define _GNU_SOURCE
#include "Memory.h"

#include <stdint.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

void apus_memory_wants_large_pages(void *start, size_t bytes) {
#ifdef __linux__
  const uintptr_t page = 4096;
  uintptr_t first = ((uintptr_t)start + page - 1) & ~(page - 1);
  uintptr_t end = ((uintptr_t)start + bytes) & ~(page - 1);
  // Large ones have 2 MiB: less has none.
  if (end > first && end - first >= (4u << 20)) madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
  (void)start;
  (void)bytes;
#endif
}
