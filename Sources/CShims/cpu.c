#include "CShims.h"

bool apus_cpu_supports_level(int level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (level == 3) return __builtin_cpu_supports("x86-64-v3");
  if (level == 4) return __builtin_cpu_supports("x86-64-v4");
#endif
  return false;
}
