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

// The largest of a window by halves: of each block of `window` values, the largest so far and, from the back, the
// largest of the rest. A window ends in one block and begins in the one before.
static void extremes(const double *x, size_t count, size_t window, double sign, double *rest, double *out) {
  for (size_t start = 0; start < count; start += window) {
    size_t end = start + window < count ? start + window : count;
    double most = -INFINITY;
    for (size_t i = end; i-- > start;) {
      double now = sign * x[i];
      rest[i] = most = now > most ? now : most;
    }
    most = -INFINITY;
    for (size_t i = start; i < end; i++) {
      double now = sign * x[i], earlier = i + 1 >= window ? rest[i + 1 - window] : NAN;
      most = now > most ? now : most;
      out[i] = sign * (most > earlier ? most : earlier);
    }
  }
}

void apus_reference_highest(const double *x, size_t count, size_t window, double *scratch, double *out) {
  extremes(x, count, window, 1, scratch, out);
}

void apus_reference_lowest(const double *x, size_t count, size_t window, double *scratch, double *out) {
  extremes(x, count, window, -1, scratch, out);
}

void apus_reference_wma(const double *x, size_t count, size_t window, double *out) {
  double sum = 0, weighted = 0, n = (double)window, scale = 2 / (n * (n + 1));
  for (size_t i = 0; i < count; i++) {
    if (i < window) {
      weighted += (double)(i + 1) * x[i];
      sum += x[i];
    } else {
      // Every value loses one of its weights, the oldest its last one.
      weighted += n * x[i] - sum;
      sum += x[i] - x[i - window];
    }
    out[i] = i + 1 < window ? NAN : weighted * scale;
  }
}

void apus_reference_slope(const double *x, size_t count, size_t window, double *out) {
  double sum = 0, product = 0, n = (double)window, scale = 12 / (n * (n * n - 1));
  for (size_t i = 0; i < count; i++) {
    // `product` is Σ k·x over the window, k from 0 for the oldest.
    double in = x[i] - x[0];
    if (i < window) {
      product += (double)i * in;
      sum += in;
    } else {
      double old = x[i - window] - x[0];
      product += (n - 1) * in - (sum - old);
      sum += in - old;
    }
    out[i] = i + 1 < window ? NAN : (product - sum * (n - 1) / 2) * scale;
  }
}

void apus_reference_correlation(
    const double *x, const double *y, size_t count, size_t window, double *out) {
  double sx = 0, sy = 0, xx = 0, yy = 0, xy = 0, n = (double)window;
  for (size_t i = 0; i < count; i++) {
    double a = x[i] - x[0], b = y[i] - y[0];
    double c = i < window ? 0 : x[i - window] - x[0], d = i < window ? 0 : y[i - window] - y[0];
    sx += a - c;
    sy += b - d;
    xx += a * a - c * c;
    yy += b * b - d * d;
    xy += a * b - c * d;
    out[i] = i + 1 < window ? NAN : (xy - sx * sy / n) / sqrt((xx - sx * sx / n) * (yy - sy * sy / n));
  }
}

static double true_range(const double *high, const double *low, const double *close, size_t i) {
  double top = high[i] > close[i - 1] ? high[i] : close[i - 1];
  double bottom = low[i] < close[i - 1] ? low[i] : close[i - 1];
  return top - bottom;
}

void apus_reference_atr(
    const double *high, const double *low, const double *close, size_t count, size_t window, double *out) {
  double range = 0, n = (double)window, keep = (n - 1) / n, take = 1 / n;
  if (count > 0) out[0] = NAN;
  for (size_t i = 1; i < count; i++) {
    double now = true_range(high, low, close, i);
    range = i <= window ? range + now * take : range * keep + now * take;
    out[i] = i < window ? NAN : range;
  }
}

void apus_reference_adx(
    const double *high, const double *low, const double *close, size_t count, size_t window, double *out) {
  double up = 0, down = 0, range = 0, index = 0, n = (double)window, keep = (n - 1) / n, take = 1 / n;
  if (count > 0) out[0] = NAN;
  for (size_t i = 1; i < count; i++) {
    double rise = high[i] - high[i - 1], fall = low[i - 1] - low[i];
    double fade = i < window ? 1 : keep;
    up = up * fade + (rise > fall && rise > 0 ? rise : 0);
    down = down * fade + (fall > rise && fall > 0 ? fall : 0);
    range = range * fade + true_range(high, low, close, i);
    out[i] = NAN;
    if (i < window) continue;
    // The range divides both sides and falls out.
    double direction = up + down > 0 ? 100 * fabs(up - down) / (up + down) : index;
    index = i < 2 * window ? index + direction * take : index * keep + direction * take;
    if (i + 1 >= 2 * window) out[i] = index;
  }
}

void apus_reference_obv(const double *close, const double *volume, size_t count, double *out) {
  double total = 0;
  if (count > 0) out[0] = 0;
  for (size_t i = 1; i < count; i++) {
    double sign = (close[i] > close[i - 1]) - (close[i] < close[i - 1]);
    out[i] = total += sign * volume[i];
  }
}

void apus_reference_vwap(
    const double *high, const double *low, const double *close, const double *volume, size_t count,
    size_t window, double *scratch, double *out) {
  double money = 0, units = 0;
  for (size_t i = 0; i < count; i++) {
    scratch[i] = (high[i] + low[i] + close[i]) / 3 * volume[i];
    money += scratch[i] - (i < window ? 0 : scratch[i - window]);
    units += volume[i] - (i < window ? 0 : volume[i - window]);
    out[i] = i + 1 < window ? NAN : money / units;
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

apus_reference_account apus_reference_cross_account(
    const double *open, const double *close, size_t count, size_t fast, size_t slow, double fee, double cash) {
  apus_reference_account account = {cash, 0, 0, 1, 0};
  double units = 0, fast_sum = 0, slow_sum = 0, depth = 1;
  int wants = 0;
  for (size_t bar = 0; bar < count; bar++) {
    if (wants && units == 0) {
      units = cash / (open[bar] * (1 + fee));
      cash = 0;
    } else if (!wants && units != 0) {
      cash = units * open[bar] * (1 - fee);
      units = 0;
      account.trades++;
    }
    const double now = cash + units * close[bar];
    const double growth = now / account.equity, gain = growth - 1;
    account.equity = now;
    account.sum += gain;
    account.squares += gain * gain;
    depth = depth * growth < 1 ? depth * growth : 1;
    if (depth < account.depth) account.depth = depth;
    fast_sum += close[bar];
    slow_sum += close[bar];
    if (bar >= fast) fast_sum -= close[bar - fast];
    if (bar >= slow) slow_sum -= close[bar - slow];
    if (bar >= slow) wants = fast_sum * (double)slow > slow_sum * (double)fast;
  }
  return account;
}
