#include <malloc.h>

/// Keeps what is freed: pages that are new on every call would cost more than a short sweep.
__attribute__((constructor)) static void keep_memory(void) {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}
