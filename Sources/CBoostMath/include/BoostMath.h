#pragma once

// Distributions of Boost.Math behind a C face: no exception leaves it, and an argument outside a domain gives NaN.

#ifdef __cplusplus
extern "C" {
#endif

/// Density, distribution function and quantile of Student's t; `freedom` above 0.
double apus_student_t_density(double freedom, double x);
double apus_student_t_cdf(double freedom, double x);
double apus_student_t_quantile(double freedom, double p);

/// Distribution function of the standard normal, and of its upper tail.
double apus_normal_cdf(double x);
double apus_normal_upper(double x);
double apus_normal_quantile(double p);

/// Upper tail and quantile of the chi-square distribution.
double apus_chi_square_upper(double freedom, double x);
double apus_chi_square_quantile(double freedom, double p);

/// Probability of at most `k` successes of `n`, each of probability `p`.
double apus_binomial_cdf(double n, double p, double k);

/// Logarithm of the gamma function of x > 0.
double apus_log_gamma(double x);

#ifdef __cplusplus
}
#endif
