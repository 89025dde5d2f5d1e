#include "LinearProgram.h"

#include "Blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

enum { by_dual_simplex = 0, by_primal_simplex = 1, with_presolve = 0, without_presolve = 1, default_extra = -1 };
enum { interrupts = 2, no_handler = 1 };

// What is used of Clp_C_Interface.h, of any 1.x: models and options are opaque.
static struct {
  void *(*new_model)(void);
  void (*delete_model)(void *);
  void *(*new_options)(void);
  void (*delete_options)(void *);
  void (*load)(
      void *, int, int, const int *, const int *, const double *, const double *, const double *, const double *,
      const double *, const double *);
  void (*set_log_level)(void *, int);
  void (*set_step_limit)(void *, int);
  void (*set_primal_tolerance)(void *, double);
  void (*set_dual_tolerance)(void *, double);
  void (*set_solve_type)(void *, int, int);
  void (*set_presolve_type)(void *, int, int);
  void (*set_special)(void *, int, int, int);
  int (*solve)(void *, void *);
  int (*primal)(void *, int);
  int (*dual)(void *, int);
  void (*add_columns)(
      void *, int, const double *, const double *, const double *, const int *, const int *, const double *);
  void (*add_rows)(void *, int, const double *, const double *, const int *, const int *, const double *);
  int (*status)(void *);
  int (*step_count)(void *);
  double *(*columns)(void *);
  double *(*duals)(void *);
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_open;

static void open_library(void) {
  // CLP brings a BLAS along: with OpenBLAS here already, and quiet, it starts no threads of its own.
  apus_blas_open();
#ifdef __linux__
  void *file = dlopen("libClp.so.1", RTLD_NOW | RTLD_LOCAL);
#else
  void *file = dlopen("libClp.dylib", RTLD_NOW | RTLD_LOCAL);
#endif
  if (!file) return;
  const struct {
    const char *name;
    void **place;
  } symbols[] = {
      {"Clp_newModel", (void **)&library.new_model},
      {"Clp_deleteModel", (void **)&library.delete_model},
      {"ClpSolve_new", (void **)&library.new_options},
      {"ClpSolve_delete", (void **)&library.delete_options},
      {"Clp_loadProblem", (void **)&library.load},
      {"Clp_setLogLevel", (void **)&library.set_log_level},
      {"Clp_setMaximumIterations", (void **)&library.set_step_limit},
      {"Clp_setPrimalTolerance", (void **)&library.set_primal_tolerance},
      {"Clp_setDualTolerance", (void **)&library.set_dual_tolerance},
      {"ClpSolve_setSolveType", (void **)&library.set_solve_type},
      {"ClpSolve_setPresolveType", (void **)&library.set_presolve_type},
      {"ClpSolve_setSpecialOption", (void **)&library.set_special},
      {"Clp_initialSolveWithOptions", (void **)&library.solve},
      {"Clp_primal", (void **)&library.primal},
      {"Clp_dual", (void **)&library.dual},
      {"Clp_addColumns", (void **)&library.add_columns},
      {"Clp_addRows", (void **)&library.add_rows},
      {"Clp_status", (void **)&library.status},
      {"Clp_numberIterations", (void **)&library.step_count},
      {"Clp_primalColumnSolution", (void **)&library.columns},
      {"Clp_dualRowSolution", (void **)&library.duals},
  };
  is_open = true;
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    *symbols[i].place = dlsym(file, symbols[i].name);
    is_open = is_open && *symbols[i].place;
  }
}

bool apus_clp_open(void) {
  pthread_once(&once, open_library);
  return is_open;
}

void *apus_clp_new(const apus_linear_program *program) {
  if (!apus_clp_open()) return NULL;
  void *model = library.new_model();
  library.set_log_level(model, 0);
  library.set_primal_tolerance(model, 1e-9);
  library.set_dual_tolerance(model, 1e-9);
  library.load(
      model, program->columns, program->rows, program->starts, program->indices, program->values,
      program->column_lower, program->column_upper, program->cost, program->row_lower, program->row_upper);
  return model;
}

void apus_clp_grow(
    void *model, int columns, const double *column_lower, const double *column_upper, const double *cost, int rows,
    const int *starts, const int *indices, const double *values, const double *row_lower, const double *row_upper) {
  if (columns > 0) {
    int *none = calloc((size_t)columns + 1, sizeof(int));
    if (!none) return;
    int row = 0;
    double element = 0;
    library.add_columns(model, columns, column_lower, column_upper, cost, none, &row, &element);
    free(none);
  }
  if (rows > 0) library.add_rows(model, rows, row_lower, row_upper, starts, indices, values);
}

int apus_clp_run(void *model, int how, int step_limit, int *steps) {
  // A limit of steps, not of seconds: what comes out may not depend on how busy the machine is.
  library.set_step_limit(model, step_limit);
  if (how == APUS_CLP_AGAIN) {
    library.dual(model, 0);
  } else {
    void *options = library.new_options();
    library.set_solve_type(options, how == APUS_CLP_PRIMAL ? by_primal_simplex : by_dual_simplex, default_extra);
    library.set_presolve_type(options, how == APUS_CLP_DUAL ? with_presolve : without_presolve, default_extra);
    // Else CLP takes SIGINT for itself: an interrupt would end one solution as a failure, and the run would go on.
    library.set_special(options, interrupts, no_handler, default_extra);
    library.solve(model, options);
    library.delete_options(options);
  }
  *steps += library.step_count(model);
  int status = library.status(model);
  // A simplified program can't always tell which of the two it is; the whole one can.
  if (how == APUS_CLP_DUAL && (status == 1 || status == 2)) {
    library.primal(model, 0);
    *steps += library.step_count(model);
    status = library.status(model);
  }
  return status >= 0 && status <= 4 ? status : 4;
}

const double *apus_clp_columns(void *model) { return library.columns(model); }

const double *apus_clp_duals(void *model) { return library.duals(model); }

void apus_clp_free(void *model) {
  if (model) library.delete_model(model);
}
