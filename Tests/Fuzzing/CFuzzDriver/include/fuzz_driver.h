#ifndef FUZZ_DRIVER_H
#define FUZZ_DRIVER_H

#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer, which the compiler adds with -sanitize=fuzzer, over a function of bytes.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

/// A descriptor of a file without a place on disk; -1 if there is none to be had.
int fuzz_memory_file(void);

#endif
