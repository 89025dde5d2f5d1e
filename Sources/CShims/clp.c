#include "LinearProgram.h"

#include "Blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

enum { by_dual_simplex = 0, by_primal_simplex = 1, with_presolve = 0, without_presolve = 1, default_extra = -1 };

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
  int (*solve)(void *, void *);
  int (*primal)(void *, int);
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
      {"Clp_initialSolveWithOptions", (void **)&library.solve},
      {"Clp_primal", (void **)&library.primal},
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

int apus_clp_solve(const apus_linear_program *program, double *x, double *duals, int *steps) {
  *steps = 0;
  if (!apus_clp_open()) return 5;
  void *model = library.new_model();
  void *options = library.new_options();
  library.set_log_level(model, 0);
  library.set_primal_tolerance(model, 1e-9);
  library.set_dual_tolerance(model, 1e-9);
  library.load(
      model, program->columns, program->rows, program->starts, program->indices, program->values,
      program->column_lower, program->column_upper, program->cost, program->row_lower, program->row_upper);
  // A limit of steps, not of seconds: what comes out may not depend on how busy the machine is.
  library.set_step_limit(model, program->step_limit);
  library.set_solve_type(
      options, program->by_primal ? by_primal_simplex : by_dual_simplex, default_extra);
  library.set_presolve_type(options, program->simplifies ? with_presolve : without_presolve, default_extra);
  library.solve(model, options);
  *steps = library.step_count(model);
  int status = library.status(model);
  // A simplified program can't always tell which of the two it is; the whole one can.
  if (program->simplifies && (status == 1 || status == 2)) {
    library.primal(model, 0);
    *steps += library.step_count(model);
    status = library.status(model);
  }
  if (status == 0) {
    if (x) memcpy(x, library.columns(model), sizeof(double) * (size_t)program->columns);
    if (duals) memcpy(duals, library.duals(model), sizeof(double) * (size_t)program->rows);
  }
  library.delete_options(options);
  library.delete_model(model);
  return status >= 0 && status <= 4 ? status : 4;
}
