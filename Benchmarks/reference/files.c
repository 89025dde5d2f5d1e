#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "Reference.h"

bool apus_reference_scan_file(const char *path, size_t *bytes, size_t *lines) {
  static _Thread_local char block[1 << 18];
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  *bytes = *lines = 0;
  ssize_t count;
  while ((count = read(file, block, sizeof block)) > 0) {
    *bytes += (size_t)count;
    const char *end = block + count;
    for (const char *p = block; (p = memchr(p, '\n', (size_t)(end - p))); p++) ++*lines;
  }
  close(file);
  return count == 0;
}

bool apus_reference_map_file(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  struct stat status;
  bool ok = fstat(file, &status) == 0 && status.st_size > 0;
  if (ok) {
    void *map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, file, 0);
    ok = map != MAP_FAILED;
    if (ok) munmap(map, (size_t)status.st_size);
  }
  close(file);
  return ok;
}

bool apus_reference_write_file(const char *path, const void *bytes, size_t count) {
  char temporary[4096];
  if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary) {
    errno = ENAMETOOLONG;
    return false;
  }
  int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return false;
  const char *p = bytes;
  bool ok = true;
  while (ok && count > 0) {
    ssize_t written = write(file, p, count);
    ok = written > 0;
    if (ok) {
      p += written;
      count -= (size_t)written;
    }
  }
  ok = ok && fsync(file) == 0;
  return close(file) == 0 && ok && rename(temporary, path) == 0;
}

void apus_reference_keep_memory(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}
