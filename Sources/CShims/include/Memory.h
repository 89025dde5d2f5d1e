#pragma once
#include <stddef.h>

/// Asks for large pages for the whole ones inside a range that is about to be written for the first time.
///
/// A wish: a hundred megabytes of small pages cost as much as a pass over them.
void apus_memory_wants_large_pages(void *start, size_t bytes);

/// Asks for the cache line of an element that is read soon.
static inline __attribute__((always_inline)) void apus_memory_is_read_soon(const double *place) {
  __builtin_prefetch(place);
}
