#pragma once
// Which commit this program was built from. Asked for when it is built, never when it runs: by then the
// source tree may be another one.

namespace threadmill {

/// The full hash, or null where the source tree was not the top of a git work tree.
extern const char* const kBuildCommit;

/// Whether tracked files differed from that commit when the program was built. False without a commit.
extern const bool kBuildDirty;

}  // namespace threadmill
