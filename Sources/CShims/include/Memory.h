#pragma once
#include <stddef.h>

/// Asks for large pages for the whole ones inside a range that is about to be written for the first time.
///
/// A wish: a hundred megabytes of small pages cost as much as a pass over them.
void apus_memory_wants_large_pages(void *start, size_t bytes);
