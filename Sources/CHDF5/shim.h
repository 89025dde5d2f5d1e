#pragma once
// Debian keeps its headers apart, where only pkg-config would find them.
#if __has_include(<hdf5/serial/hdf5.h>)
#include <hdf5/serial/hdf5.h>
#include <hdf5/serial/hdf5_hl.h>
#else
#include <hdf5.h>
#include <hdf5_hl.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Swift imports neither macros that call H5open() nor, in Swift 6 mode, the global variables behind them.

// Native memory types and the little-endian types that files hold.
static inline hid_t apus_h5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t apus_h5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t apus_h5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t apus_h5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t apus_h5_native_int8(void) { return H5T_NATIVE_INT8; }
static inline hid_t apus_h5_file_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t apus_h5_file_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t apus_h5_file_int64(void) { return H5T_STD_I64LE; }
static inline hid_t apus_h5_file_int32(void) { return H5T_STD_I32LE; }
static inline hid_t apus_h5_file_int8(void) { return H5T_STD_I8LE; }
static inline hid_t apus_h5_c_string(void) { return H5T_C_S1; }
static inline size_t apus_h5_variable(void) { return H5T_VARIABLE; }

// Flags, property classes, bounds.
static inline unsigned apus_h5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned apus_h5_truncate(void) { return H5F_ACC_TRUNC; }
static inline hid_t apus_h5_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t apus_h5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t apus_h5_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t apus_h5_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t apus_h5_transfer(void) { return H5P_DATASET_XFER; }
static inline hid_t apus_h5_default(void) { return H5P_DEFAULT; }
static inline hid_t apus_h5_whole(void) { return H5S_ALL; }
static inline hid_t apus_h5_error_stack(void) { return H5E_DEFAULT; }
static inline unsigned apus_h5_creation_order(void) { return H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED; }
static inline int apus_h5_is_undefined(haddr_t address) { return address == HADDR_UNDEF; }
static inline hid_t apus_h5_every_file(void) { return (hid_t)H5F_OBJ_ALL; }
static inline unsigned apus_h5_every_kind(void) { return H5F_OBJ_ALL; }

/// Turns the library's own printing of errors off, for the calling thread.
static inline herr_t apus_h5_silence(void) { return H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

/// Hands variable-length values over as the 16 bytes that stand in the file: length, heap address, index.
static inline herr_t apus_h5_keep_reference(hid_t source, hid_t target, H5T_cdata_t *data, size_t count,
                                            size_t stride, size_t background_stride, void *buffer,
                                            void *background, hid_t properties) {
  if (data->command == H5T_CONV_INIT) {
    data->need_bkg = H5T_BKG_NO;
    return H5Tget_size(source) == 16 && H5Tget_size(target) == 16 ? 0 : -1;
  }
  return 0;
}

/// Registers `apus_h5_keep_reference` from variable-length strings to opaque values, or back.
///
/// The library resolves references without checks: a flipped bit in a file makes it read or write outside of its
/// memory. So the caller takes the references and resolves them itself; and it writes one reference into many elements.
static inline herr_t apus_h5_register_references(hid_t source, hid_t target) {
  return H5Tregister(H5T_PERS_SOFT, "apus_reference", source, target, apus_h5_keep_reference);
}

/// A file in memory without a name; -1 if there is none to be had.
static inline int apus_memory_file(void) { return (int)syscall(SYS_memfd_create, "apus", 0u); }

/// What stands under a name of a group: 1 for a hard link, with the address of its object; 2 for any other link; 0 for
/// nothing; -1 if it can't be told.
static inline int apus_h5_link(hid_t group, const char *name, haddr_t *address) {
  H5L_info_t info;
  htri_t exists = H5Lexists(group, name, H5P_DEFAULT);
  if (exists <= 0) return exists < 0 ? -1 : 0;
  if (H5Lget_info(group, name, &info, H5P_DEFAULT) < 0) return -1;
  if (info.type != H5L_TYPE_HARD) return 2;
  *address = info.u.address;
  return 1;
}

/// Address of an open object; `HADDR_UNDEF` if it can't be told.
static inline haddr_t apus_h5_address(hid_t object) {
  H5O_info_t info;
  return H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0 ? HADDR_UNDEF : info.addr;
}

/// Whether the values of a dataset can be found and unpacked by code that checks what it reads: its chunks are listed under
/// checksums, and no filter is there but shuffle, deflate and fletcher32.
static inline int apus_h5_has_checked_chunks(hid_t dataset, hid_t creation) {
  H5D_chunk_index_t index;
  if (H5Pget_layout(creation) != H5D_CHUNKED) return 1;
  if (H5Dget_chunk_index_type(dataset, &index) < 0 || index == H5D_CHUNK_IDX_BTREE) return 0;
  int count = H5Pget_nfilters(creation);
  for (int i = 0; i < count; i++) {
    unsigned flags, configuration;
    size_t values = 0;
    H5Z_filter_t filter =
        H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, 0, NULL, &configuration);
    if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_FLETCHER32) return 0;
  }
  return 1;
}

static inline herr_t apus_h5_try_attribute(hid_t object, const char *name, const H5A_info_t *info, void *context) {
  (void)info, (void)context;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  hssize_t count = H5Sget_simple_extent_npoints(space);
  size_t size = H5Tget_size(type);
  // References to the heap are resolved elsewhere.
  int is_plain = H5Tdetect_class(type, H5T_VLEN) <= 0 && H5Tis_variable_str(type) <= 0;
  if (is_plain && count > 0 && size > 0 && (size_t)count <= (1u << 28) / size) {
    void *buffer = malloc((size_t)count * size);
    if (buffer) H5Aread(attribute, type, buffer);
    free(buffer);
  }
  H5Sclose(space), H5Tclose(type), H5Aclose(attribute);
  return 0;
}

/// Reads every chunk of a dataset as it stands in the file.
static inline void apus_h5_try_chunks(hid_t dataset, hid_t creation, hid_t type, hid_t space) {
  hsize_t extent[H5S_MAX_RANK], chunk[H5S_MAX_RANK], start[H5S_MAX_RANK] = {0};
  int rank = H5Sget_simple_extent_dims(space, extent, NULL);
  if (rank <= 0 || H5Pget_chunk(creation, rank, chunk) != rank) return;
  hid_t opaque = -1;
  if (H5Tis_variable_str(type) > 0) type = opaque = H5Tcreate(H5T_OPAQUE, 16);
  else if (H5Tdetect_class(type, H5T_VLEN) > 0) return;
  size_t bytes = H5Tget_size(type);
  for (int i = 0; i < rank; i++) {
    if (extent[i] == 0 || chunk[i] == 0 || bytes == 0 || chunk[i] > (1u << 30) / bytes) return;
    bytes *= chunk[i];
  }
  void *buffer = malloc(bytes);
  while (buffer) {
    hsize_t count[H5S_MAX_RANK];
    for (int i = 0; i < rank; i++) count[i] = chunk[i] < extent[i] - start[i] ? chunk[i] : extent[i] - start[i];
    hid_t memory = H5Screate_simple(rank, count, NULL);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
    herr_t status = H5Dread(dataset, type, memory, space, H5P_DEFAULT, buffer);
    H5Sclose(memory);
    int i = rank - 1;
    for (; i >= 0; i--) {
      start[i] += chunk[i];
      if (start[i] < extent[i]) break;
      start[i] = 0;
    }
    if (status < 0 || i < 0) break;
  }
  free(buffer);
  if (opaque >= 0) H5Tclose(opaque);
}

static inline herr_t apus_h5_try_object(hid_t file, const char *name, const H5O_info_t *info, void *context) {
  (void)info, (void)context;
  hid_t object = H5Oopen(file, name, H5P_DEFAULT);
  if (object < 0) return 0;
  hsize_t position = 0;
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &position, apus_h5_try_attribute, NULL);
  if (H5Iget_type(object) == H5I_DATASET) {
    hid_t type = H5Dget_type(object), space = H5Dget_space(object), creation = H5Dget_create_plist(object);
    H5Dget_storage_size(object);
    H5Dget_offset(object);
    if (H5Pget_layout(creation) == H5D_CHUNKED) apus_h5_try_chunks(object, creation, type, space);
    H5Pclose(creation), H5Sclose(space), H5Tclose(type);
  }
  H5Oclose(object);
  return 0;
}

/// Reads a file's metadata and chunks in a child process, where a crash or a loop of the library does no harm.
///
/// Old forms of metadata have no checksums, and the library trusts what it finds in them.
/// Returns 1 if the child came to an end, 0 if it crashed or was stopped after `seconds`, -1 if there could be none.
static inline int apus_h5_survives(const char *path, unsigned seconds) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    // Only C from here on: other threads of the process, and what they held, are gone.
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM};
    for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++) signal(fatal[i], SIG_DFL);
    sigset_t all;
    sigemptyset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) dup2(nowhere, 2);
    alarm(seconds);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_file_locking(access, 0, 1);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
    if (file >= 0) {
      H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_NATIVE, apus_h5_try_object, NULL, H5O_INFO_BASIC);
      H5Fclose(file);
    }
    char done = 1;
    if (write(ends[1], &done, 1) != 1) _exit(1);
    _exit(0);
  }
  close(ends[1]);
  char done = 0;
  if (child > 0) {
    ssize_t got;
    do got = read(ends[0], &done, 1);
    while (got < 0 && errno == EINTR);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
  }
  close(ends[0]);
  return child < 0 ? -1 : done;
}
