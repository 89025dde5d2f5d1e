// One crossover of averages of 20 and 50 bars over raw closes, from the shell to the result: what no process can beat.
#include <stdbool.h>
#include <stdio.h>

enum { most = 1 << 16, fast = 20, slow = 50 };
static const double fee = 0.001;

int main(int count, char **words) {
  static double close[most], total[most + 1];
  FILE *file = count == 2 ? fopen(words[1], "rb") : NULL;
  if (!file) {
    fprintf(stderr, "usage: startup CLOSES\n");
    return 2;
  }
  int bars = (int)fread(close, sizeof *close, most, file);
  fclose(file);
  for (int t = 0; t < bars; t++) total[t + 1] = total[t] + close[t];
  double value = 1;
  bool held = false, armed = false;
  for (int t = slow - 1; t < bars; t++) {
    double factor = held ? close[t] / close[t - 1] : 1;
    double x = (total[t + 1] - total[t + 1 - fast]) / fast;
    double y = (total[t + 1] - total[t + 1 - slow]) / slow;
    if (x > y && armed && !held) {
      held = true;
      factor = 1 / (1 + fee);
    } else if (x < y) {
      armed = true;
      if (held) factor *= 1 - fee;
      held = false;
    }
    value *= factor;
  }
  printf("%.17g\n", value - 1);
  return 0;
}
