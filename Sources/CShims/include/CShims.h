#pragma once
#include <stdbool.h>
#include "Blas.h"
#include "FileSystem.h"
#include "Gather.h"
#include "LaneBits.h"
#include "LinearProgram.h"
#include "Memory.h"
#include "TextBreaks.h"

/// Whether the processor runs code for x86-64-v3 (AVX2) or x86-64-v4 (AVX-512); other levels give false.
bool apus_cpu_supports_level(int level);
