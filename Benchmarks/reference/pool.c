#include "pool.h"

#include <pthread.h>

enum { most = 256 };

static pthread_mutex_t callers = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t begins = PTHREAD_COND_INITIALIZER, ends = PTHREAD_COND_INITIALIZER;
static int helpers, wanted, running;
static unsigned long turn;
static void (*job)(void *, int);
static void *job_context;

static void *help(void *argument) {
  int k = (int)(long)argument;
  unsigned long seen = 0;
  pthread_mutex_lock(&lock);
  for (;;) {
    while (turn == seen) pthread_cond_wait(&begins, &lock);
    seen = turn;
    if (k >= wanted) continue;
    pthread_mutex_unlock(&lock);
    job(job_context, k);
    pthread_mutex_lock(&lock);
    if (--running == 0) pthread_cond_signal(&ends);
  }
}

void apus_pool_run(int threads, void (*work)(void *context, int k), void *context) {
  pthread_mutex_lock(&callers);
  pthread_mutex_lock(&lock);
  while (helpers + 1 < threads && helpers + 1 < most) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, help, (void *)(long)(helpers + 1)) != 0) break;
    pthread_detach(thread);
    helpers++;
  }
  int started = helpers + 1 < threads ? helpers + 1 : threads;
  job = work;
  job_context = context;
  wanted = started;
  running = started - 1;
  turn++;
  pthread_cond_broadcast(&begins);
  pthread_mutex_unlock(&lock);
  work(context, 0);
  // Shares of helpers that could not be started.
  for (int k = started; k < threads; k++) work(context, k);
  pthread_mutex_lock(&lock);
  while (running > 0) pthread_cond_wait(&ends, &lock);
  pthread_mutex_unlock(&lock);
  pthread_mutex_unlock(&callers);
}
