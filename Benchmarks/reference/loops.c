#include <math.h>

#include "Reference.h"

double apus_reference_sum(const double *values, size_t count) {
  double sums[8] = {0};
  size_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (int k = 0; k < 8; k++) sums[k] += values[i + k];
  for (; i < count; i++) sums[0] += values[i];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

size_t apus_reference_count_below(const double *values, size_t count, double level) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) found += values[i] < level;
  return found;
}

void apus_reference_sma(const double *x, size_t count, size_t window, double *out) {
  // Out holds the running totals first, and the means from the back to the front afterwards.
  double total = 0, scale = 1.0 / (double)window;
  for (size_t i = 0; i < count; i++) out[i] = total += x[i];
  for (size_t i = count; i-- > window;) out[i] = (out[i] - out[i - window]) * scale;
  if (count >= window) out[window - 1] *= scale;
  for (size_t i = 0; i + 1 < window && i < count; i++) out[i] = NAN;
}

void apus_reference_ema(const double *x, size_t count, size_t window, double *out) {
  double value = 0, weight = 2.0 / ((double)window + 1.0);
  for (size_t i = 0; i < count; i++) {
    if (i < window) {
      value += x[i];
      if (i + 1 == window) value /= (double)window;
      out[i] = i + 1 == window ? value : NAN;
    } else {
      value = (x[i] - value) * weight + value;
      out[i] = value;
    }
  }
}

void apus_reference_stdev(const double *x, size_t count, size_t window, double *out) {
  double sum = 0, squares = 0, n = (double)window;
  for (size_t i = 0; i < count; i++) {
    double in = x[i] - x[0], old = i < window ? 0 : x[i - window] - x[0];
    sum += in - old;
    squares += in * in - old * old;
    double variance = (squares - sum * sum / n) / (n - 1);
    out[i] = i + 1 < window ? NAN : sqrt(variance > 0 ? variance : 0);
  }
}

void apus_reference_rsi(const double *x, size_t count, size_t window, double *out) {
  double gain = 0, loss = 0, n = (double)window, keep = (n - 1) / n, take = 1 / n;
  if (count > 0) out[0] = NAN;
  for (size_t i = 1; i < count; i++) {
    double change = x[i] - x[i - 1];
    double up = change > 0 ? change : 0, down = change < 0 ? -change : 0;
    if (i <= window) {
      gain += up * take;
      loss += down * take;
    } else {
      gain = gain * keep + up * take;
      loss = loss * keep + down * take;
    }
    out[i] = i < window ? NAN : 100 * (gain / (gain + loss));
  }
}

void apus_reference_crosses_above(const double *x, const double *y, size_t count, double *out) {
  int side = 0;
  for (size_t i = 0; i < count; i++) {
    int now = (x[i] > y[i]) - (x[i] < y[i]);
    out[i] = now > 0 && side < 0;
    side = now ? now : side;
  }
}

void apus_reference_rank(
    const double *values, uint32_t count, uint64_t *keys, uint64_t *spare, uint32_t *order,
    uint32_t *spare_order) {
  for (uint32_t i = 0; i < count; i++) {
    union {
      double value;
      uint64_t bits;
    } key = {.value = values[i] + 0.0};  // turns −0 into 0
    // As unsigned numbers the bits of descending doubles ascend.
    keys[i] = key.bits >> 63 ? key.bits : ~key.bits & ~(UINT64_C(1) << 63);
    order[i] = i;
  }
  for (int shift = 0; shift < 64; shift += 8) {
    uint32_t starts[257] = {0};
    for (uint32_t i = 0; i < count; i++) starts[(keys[i] >> shift & 255) + 1]++;
    for (int digit = 0; digit < 256; digit++) starts[digit + 1] += starts[digit];
    for (uint32_t i = 0; i < count; i++) {
      uint32_t place = starts[keys[i] >> shift & 255]++;
      spare[place] = keys[i];
      spare_order[place] = order[i];
    }
    // Eight passes: after the last one the result is back where it began.
    uint64_t *k = keys;
    keys = spare;
    spare = k;
    uint32_t *o = order;
    order = spare_order;
    spare_order = o;
  }
}
