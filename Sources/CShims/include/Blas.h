#pragma once
#include <stdbool.h>

// OpenBLAS, opened when it is first asked for: linked, it would cost every start of a process 2 ms and a thread.
//
// Every function runs in the calling thread, and any number of threads may call at the same time. But for
// `apus_blas_open` and `apus_blas_core` all need OpenBLAS to be there. Matrices of `apus_blas_…` are row-major with the
// distance between rows; those of `apus_lapack_…` are column-major, as LAPACK has them.

/// Whether OpenBLAS is there; the first call opens it.
bool apus_blas_open(void);

/// The kernels that OpenBLAS chose for this processor, such as `Cooperlake`; NULL without it.
const char *apus_blas_core(void);

/// c = alpha · op(a) · op(b) + beta · c, where op transposes if asked to.
///
/// op(a) is [rows, inner], op(b) [inner, columns], c [rows, columns].
void apus_blas_multiply(
    bool transposes_a, bool transposes_b, int rows, int columns, int inner, double alpha,
    const double *a, int a_stride, const double *b, int b_stride, double beta, double *c, int c_stride);

/// The lower triangle of c = alpha · aᵀ · a + beta · c, or of a · aᵀ; the upper one is not touched.
///
/// a is [inner, size], or [size, inner] for a · aᵀ.
void apus_blas_gram(
    bool of_rows, int size, int inner, double alpha, const double *a, int a_stride, double beta, double *c,
    int c_stride);

/// b = op(l)⁻¹ · b for a lower triangle l [rows, rows] and b [rows, columns].
void apus_blas_solve_lower(
    bool transposes, int rows, int columns, const double *l, int l_stride, double *b, int b_stride);

/// y = alpha · op(a) · x + beta · y; a is [rows, columns].
void apus_blas_multiply_vector(
    bool transposes, int rows, int columns, double alpha, const double *a, int a_stride, const double *x,
    double beta, double *y);

/// Replaces the lower triangle of a symmetric row-major matrix by its Cholesky factor; the upper one is not touched.
///
/// Returns 0, or the order of the leading minor that is not positive, from 1.
int apus_lapack_cholesky(int size, double *a, int stride);

/// Eigenvalues, ascending, and eigenvectors, the rows of a, of a symmetric matrix; a is replaced.
///
/// Returns 0, or a number above 0 if it did not converge, below 0 without memory.
int apus_lapack_eigen(bool wants_vectors, int size, double *a, double *values);

/// Solves a · x = b by LU with row exchanges; a [size, size] column-major and b [size] are replaced.
///
/// Returns 0, or the place, from 1, where a is singular.
int apus_lapack_solve(int size, double *a, double *b);

/// Least squares of least norm by singular values: a [rows, columns] column-major, b [max(rows, columns)] by `sides`.
///
/// Singular values below `tolerance` times the largest count as 0. Both are replaced: b holds the solution, `rank` the rank.
/// Returns 0, or another number if it did not converge or has no memory.
int apus_lapack_least_squares(
    int rows, int columns, int sides, double *a, double *b, double tolerance, double *singular, int *rank);
