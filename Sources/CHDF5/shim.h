#pragma once
// Debian keeps its headers apart, where only pkg-config would find them.
#if __has_include(<hdf5/serial/hdf5.h>)
#include <hdf5/serial/hdf5.h>
#include <hdf5/serial/hdf5_hl.h>
#else
#include <hdf5.h>
#include <hdf5_hl.h>
#endif
#include <sys/syscall.h>
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
