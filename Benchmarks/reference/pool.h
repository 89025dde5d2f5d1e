#pragma once

/// Runs `work(context, k)` for k in 0..<threads, k = 0 on the calling thread; returns when all are done.
///
/// Helpers are kept between calls: their waiting for a processor stays readable, and none is started in a timed run.
/// Callers on several threads are served one after the other.
void apus_pool_run(int threads, void (*work)(void *context, int k), void *context);
