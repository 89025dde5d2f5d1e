#pragma once
#include <stdbool.h>

// OpenBLAS, opened when it is first asked for: linked, it would cost every start of a process 2 ms and a thread.

/// Whether OpenBLAS is there; the first call opens it.
bool apus_blas_open(void);

/// The kernels that OpenBLAS chose for this processor, such as `Cooperlake`; NULL without it.
const char *apus_blas_core(void);

/// c = a · b in the calling thread, or a · bᵀ, row-major with the distance between rows; OpenBLAS must be there.
///
/// a is [rows, inner], b [inner, columns] or [columns, inner], c [rows, columns]. Any number of threads may call at the
/// same time.
void apus_blas_multiply(
    bool transposes_b, int rows, int columns, int inner, const double *a, int a_stride,
    const double *b, int b_stride, double *c, int c_stride);
