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
  /// By the primal simplex; else by the dual one.
  bool by_primal;
  /// Whether CLP may simplify the program first.
  bool simplifies;
  /// Most steps.
  int step_limit;
} apus_linear_program;

/// Solves it into x [columns] and duals [rows], each of which may be NULL; `steps` tells how many.
///
/// Returns 0 for a solution, 1 if rows exclude each other, 2 if the cost has no bound, 3 after too many steps, 4 for a failure within
/// CLP, 5 without CLP.
int apus_clp_solve(const apus_linear_program *program, double *x, double *duals, int *steps);
