#pragma once
#include <stdbool.h>

// COIN-OR's CLP, opened when it is first asked for; any number of threads may solve at the same time.

/// Whether CLP is there; the first call opens it.
bool apus_clp_open(void);

/// A linear program: least cost of columns within their bounds, where rows stay within theirs.
///
/// The matrix goes column by column: elements `starts[j]` up to `starts[j + 1]` belong to column j. Bounds beyond ±1e29 are none.
typedef struct {
  int columns, rows;
  const int *starts, *indices;
  const double *values;
  const double *column_lower, *column_upper, *cost, *row_lower, *row_upper;
} apus_linear_program;

/// A copy of a program within CLP, or NULL without CLP; `apus_clp_free` ends it.
void *apus_clp_new(const apus_linear_program *program);

/// Adds columns without elements, and then rows: elements `starts[i]` up to `starts[i + 1]` belong to row i.
void apus_clp_grow(
    void *model, int columns, const double *column_lower, const double *column_upper, const double *cost, int rows,
    const int *starts, const int *indices, const double *values, const double *row_lower, const double *row_upper);

/// How to solve.
enum {
  /// From nothing by the primal simplex.
  APUS_CLP_PRIMAL = 0,
  /// From nothing by the dual simplex, simplified before.
  APUS_CLP_DUAL = 1,
  /// From where the last run ended, by the dual simplex.
  APUS_CLP_AGAIN = 2,
};

/// Solves within a number of steps, and adds those taken to `steps`.
///
/// Returns 0 for a solution, 1 if rows exclude each other, 2 if the cost has no bound, 3 after too many steps, 4 for a failure within
/// CLP.
int apus_clp_run(void *model, int how, int step_limit, int *steps);

/// Columns and duals of rows where a run ended; valid until the model changes.
const double *apus_clp_columns(void *model);
const double *apus_clp_duals(void *model);

/// Ends a model; NULL is none.
void apus_clp_free(void *model);
