#include "BoostMath.h"

// Errors are values: NaN for what has no value, an infinity for an end of a distribution.
#define BOOST_MATH_DOMAIN_ERROR_POLICY ignore_error
#define BOOST_MATH_POLE_ERROR_POLICY ignore_error
#define BOOST_MATH_OVERFLOW_ERROR_POLICY ignore_error
#define BOOST_MATH_EVALUATION_ERROR_POLICY ignore_error
#define BOOST_MATH_ROUNDING_ERROR_POLICY ignore_error
#define BOOST_MATH_PROMOTE_DOUBLE_POLICY false
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <limits>

using namespace boost::math;

/// What `body` gives, or NaN if it throws all the same.
template <typename Body> static double guarded(Body body) noexcept {
  try {
    return body();
  } catch (...) {
    return std::numeric_limits<double>::quiet_NaN();
  }
}

double apus_student_t_density(double freedom, double x) {
  return guarded([&] { return pdf(students_t(freedom), x); });
}
double apus_student_t_cdf(double freedom, double x) {
  return guarded([&] { return cdf(students_t(freedom), x); });
}
double apus_student_t_quantile(double freedom, double p) {
  return guarded([&] { return quantile(students_t(freedom), p); });
}
double apus_normal_cdf(double x) {
  return guarded([&] { return cdf(normal(), x); });
}
double apus_normal_upper(double x) {
  return guarded([&] { return cdf(complement(normal(), x)); });
}
double apus_normal_quantile(double p) {
  return guarded([&] { return quantile(normal(), p); });
}
double apus_chi_square_upper(double freedom, double x) {
  return guarded([&] { return cdf(complement(chi_squared(freedom), x)); });
}
double apus_chi_square_quantile(double freedom, double p) {
  return guarded([&] { return quantile(chi_squared(freedom), p); });
}
double apus_binomial_cdf(double n, double p, double k) {
  return guarded([&] { return cdf(binomial(n, p), k); });
}
double apus_log_gamma(double x) {
  return guarded([&] { return lgamma(x); });
}
