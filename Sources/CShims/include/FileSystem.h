#pragma once

/// Waits until all that was written to the file system of an open file is on its disk.
///
/// Returns 0, or -1 with `errno`, which is ENOSYS where a system knows no such call.
int apus_sync_file_system(int descriptor);
