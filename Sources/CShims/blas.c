#define _GNU_SOURCE
#include "Blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#ifdef __linux__
#include <sched.h>
#endif

enum { row_major = 101, as_it_is = 111, transposed = 112, upper = 121, lower = 122, any_diagonal = 131, left = 141 };

// What is used of the library; LAPACK is Fortran, whose arguments are addresses.
static struct {
  void (*gemm)(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
  void (*syrk)(int, int, int, int, int, double, const double *, int, double, double *, int);
  void (*trsm)(int, int, int, int, int, int, int, double, const double *, int, double *, int);
  void (*gemv)(int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
  void (*potrf)(const char *, const int *, double *, const int *, int *, size_t);
  void (*syevd)(
      const char *, const char *, const int *, double *, const int *, double *, double *, const int *, int *,
      const int *, int *, size_t, size_t);
  void (*gesv)(const int *, const int *, double *, const int *, int *, double *, const int *, int *);
  void (*gelsd)(
      const int *, const int *, const int *, double *, const int *, double *, const int *, double *,
      const double *, int *, double *, const int *, int *, int *);
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_open;
static const char *core;
/// Debian's sequential build shares its scratch memory between threads, and then gives wrong products.
static bool takes_turns;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void *opened(void) {
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
  void *file = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (shows_one) sched_setaffinity(0, sizeof all, &all);
  return file;
#else
  return dlopen("libopenblas.dylib", RTLD_NOW | RTLD_LOCAL);
#endif
}

static void open_library(void) {
  void *file = opened();
  if (!file) return;
  void (*set_threads)(int) = (void (*)(int))dlsym(file, "openblas_set_num_threads");
  int (*parallel)(void) = (int (*)(void))dlsym(file, "openblas_get_parallel");
  char *(*name)(void) = (char *(*)(void))dlsym(file, "openblas_get_corename");
  const struct {
    const char *name;
    void **place;
  } symbols[] = {
      {"cblas_dgemm", (void **)&library.gemm},    {"cblas_dsyrk", (void **)&library.syrk},
      {"cblas_dtrsm", (void **)&library.trsm},    {"cblas_dgemv", (void **)&library.gemv},
      {"dpotrf_", (void **)&library.potrf},       {"dsyevd_", (void **)&library.syevd},
      {"dgesv_", (void **)&library.gesv},         {"dgelsd_", (void **)&library.gelsd},
  };
  bool has_all = set_threads && parallel && name;
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    *symbols[i].place = dlsym(file, symbols[i].name);
    has_all = has_all && *symbols[i].place;
  }
  if (!has_all) return;
  set_threads(1);
  takes_turns = parallel() == 0;
  core = name();
  is_open = true;
}

bool apus_blas_open(void) {
  pthread_once(&once, open_library);
  return is_open;
}

const char *apus_blas_core(void) { return apus_blas_open() ? core : NULL; }

/// Whether the library is there; then its turn has begun.
static bool begin(void) {
  if (!apus_blas_open()) return false;
  if (takes_turns) pthread_mutex_lock(&turn);
  return true;
}

static void end(void) {
  if (takes_turns) pthread_mutex_unlock(&turn);
}

static int operation(bool transposes) { return transposes ? transposed : as_it_is; }

void apus_blas_multiply(
    bool transposes_a, bool transposes_b, int rows, int columns, int inner, double alpha,
    const double *a, int a_stride, const double *b, int b_stride, double beta, double *c, int c_stride) {
  if (!begin()) return;
  library.gemm(
      row_major, operation(transposes_a), operation(transposes_b), rows, columns, inner, alpha, a, a_stride, b,
      b_stride, beta, c, c_stride);
  end();
}

void apus_blas_gram(
    bool of_rows, int size, int inner, double alpha, const double *a, int a_stride, double beta, double *c,
    int c_stride) {
  if (!begin()) return;
  library.syrk(row_major, lower, operation(!of_rows), size, inner, alpha, a, a_stride, beta, c, c_stride);
  end();
}

void apus_blas_solve_lower(
    bool transposes, int rows, int columns, const double *l, int l_stride, double *b, int b_stride) {
  if (!begin()) return;
  library.trsm(
      row_major, left, lower, operation(transposes), any_diagonal, rows, columns, 1, l, l_stride, b, b_stride);
  end();
}

void apus_blas_multiply_vector(
    bool transposes, int rows, int columns, double alpha, const double *a, int a_stride, const double *x,
    double beta, double *y) {
  if (!begin()) return;
  library.gemv(row_major, operation(transposes), rows, columns, alpha, a, a_stride, x, 1, beta, y, 1);
  end();
}

int apus_lapack_cholesky(int size, double *a, int stride) {
  int info = -1;
  if (!begin()) return info;
  // A row-major lower triangle is a column-major upper one.
  library.potrf("U", &size, a, &stride, &info, 1);
  end();
  return info;
}

int apus_lapack_eigen(bool wants_vectors, int size, double *a, double *values) {
  int info = -1;
  int ask = -1, integers = 0;
  double doubles = 0;
  const char *job = wants_vectors ? "V" : "N";
  if (!begin()) return info;
  library.syevd(job, "U", &size, a, &size, values, &doubles, &ask, &integers, &ask, &info, 1, 1);
  if (info == 0) {
    int length = (int)doubles;
    double *room = malloc(sizeof(double) * (size_t)length);
    int *places = malloc(sizeof(int) * (size_t)integers);
    info = -1;
    if (room && places)
      library.syevd(job, "U", &size, a, &size, values, room, &length, places, &integers, &info, 1, 1);
    free(room);
    free(places);
  }
  end();
  return info;
}

int apus_lapack_solve(int size, double *a, double *b) {
  int info = -1, one = 1;
  int *places = malloc(sizeof(int) * (size_t)size);
  if (places && begin()) {
    library.gesv(&size, &one, a, &size, places, b, &size, &info);
    end();
  }
  free(places);
  return info;
}

int apus_lapack_least_squares(
    int rows, int columns, int sides, double *a, double *b, double tolerance, double *singular, int *rank) {
  int info = -1, ask = -1, integers = 0;
  int height = rows > columns ? rows : columns;
  double doubles = 0;
  if (!begin()) return info;
  library.gelsd(
      &rows, &columns, &sides, a, &rows, b, &height, singular, &tolerance, rank, &doubles, &ask, &integers, &info);
  if (info == 0) {
    int length = (int)doubles;
    double *room = malloc(sizeof(double) * (size_t)length);
    int *places = malloc(sizeof(int) * (size_t)(integers > 0 ? integers : 1));
    info = -1;
    if (room && places)
      library.gelsd(
          &rows, &columns, &sides, a, &rows, b, &height, singular, &tolerance, rank, room, &length, places, &info);
    free(room);
    free(places);
  }
  end();
  return info;
}
