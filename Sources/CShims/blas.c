#define _GNU_SOURCE
#include "Blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#ifdef __linux__
#include <sched.h>
#endif

enum { row_major = 101, as_it_is = 111, transposed = 112 };

typedef void multiply(
    int order, int transpose_a, int transpose_b, int rows, int columns, int inner, double alpha,
    const double *a, int a_stride, const double *b, int b_stride, double beta, double *c, int c_stride);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static multiply *gemm;
static const char *core;
/// Debian's sequential build shares its scratch memory between threads, and then gives wrong products.
static bool takes_turns;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void open_library(void) {
#ifdef __linux__
  // OpenBLAS starts a thread for every processor that it may use while it is opened, and each spins for a while. Here all
  // parallelism is above it, so it is shown one processor.
  cpu_set_t all, first;
  bool shows_one = sched_getaffinity(0, sizeof all, &all) == 0;
  if (shows_one) {
    int cpu = 0;
    while (cpu < CPU_SETSIZE && !CPU_ISSET(cpu, &all)) cpu++;
    CPU_ZERO(&first);
    if (cpu < CPU_SETSIZE) CPU_SET(cpu, &first);
    shows_one = sched_setaffinity(0, sizeof first, &first) == 0;
  }
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (shows_one) sched_setaffinity(0, sizeof all, &all);
#else
  void *library = dlopen("libopenblas.dylib", RTLD_NOW | RTLD_LOCAL);
#endif
  if (!library) return;
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  int (*parallel)(void) = (int (*)(void))dlsym(library, "openblas_get_parallel");
  char *(*name)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
  multiply *found = (multiply *)dlsym(library, "cblas_dgemm");
  if (!set_threads || !parallel || !name || !found) return;
  set_threads(1);
  takes_turns = parallel() == 0;
  core = name();
  gemm = found;
}

bool apus_blas_open(void) {
  pthread_once(&once, open_library);
  return gemm != NULL;
}

const char *apus_blas_core(void) { return apus_blas_open() ? core : NULL; }

void apus_blas_multiply(
    bool transposes_b, int rows, int columns, int inner, const double *a, int a_stride,
    const double *b, int b_stride, double *c, int c_stride) {
  if (!apus_blas_open()) return;
  if (takes_turns) pthread_mutex_lock(&turn);
  gemm(
      row_major, as_it_is, transposes_b ? transposed : as_it_is, rows, columns, inner, 1, a, a_stride,
      b, b_stride, 0, c, c_stride);
  if (takes_turns) pthread_mutex_unlock(&turn);
}
