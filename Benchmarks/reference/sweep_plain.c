#include "sweep.h"

void apus_sweep_kernel_plain(
    const sweep_item *items, sweep_state *states, int count, const sweep_block *block) {
  for (int i = 0; i < count; i++) {
    const double *fast = block->fast + items[i].fast * block_bars;
    const double *slow = block->slow + (long)items[i].group * block_bars * width;
    sweep_state s = states[i];
    // 1 or 0, so that the loop over lanes has no branch.
    double held[width], armed[width];
    for (int l = 0; l < width; l++) {
      held[l] = s.held >> l & 1;
      armed[l] = s.armed >> l & 1;
    }
    for (int t = 0; t < block->bars; t++) {
      double f = fast[t], ratio = block->ratio[t], exit_ratio = block->exit_ratio[t];
      for (int l = 0; l < width; l++) {
        double above = f > slow[t * width + l] ? armed[l] : 0;
        double below = f < slow[t * width + l] ? 1 : 0;
        double now = below > 0 ? 0 : above > held[l] ? above : held[l];
        armed[l] = below > armed[l] ? below : armed[l];
        double held_factor = now > 0 ? ratio : exit_ratio;
        double flat_factor = now > 0 ? block->entry_factor : 1;
        double factor = held[l] > 0 ? held_factor : flat_factor;
        s.entries[l] += now > held[l] ? 1 : 0;
        held[l] = now;
        s.value[l] *= factor;
        double gain = factor - 1;
        s.sum[l] += gain;
        s.squares[l] += gain * gain;
        double depth = s.depth[l] * factor;
        s.depth[l] = depth < 1 ? depth : 1;
        s.worst[l] = s.depth[l] < s.worst[l] ? s.depth[l] : s.worst[l];
      }
    }
    s.held = s.armed = 0;
    for (int l = 0; l < width; l++) {
      s.held |= (uint8_t)((held[l] > 0) << l);
      s.armed |= (uint8_t)((armed[l] > 0) << l);
    }
    states[i] = s;
  }
}

void apus_sweep_averages_plain(
    const double *prefix, int first_end, int bars, const int *window, const double *scale,
    double *out) {
  for (int t = 0; t < bars; t++)
    for (int l = 0; l < width; l++)
      out[t * width + l] = (prefix[first_end + t] - prefix[first_end + t - window[l]]) * scale[l];
}
