#pragma once
// A readers-writer lock that lets writers in.

#include <pthread.h>

namespace threadmill::os {

/// A SharedLockable, for std::shared_lock and std::unique_lock. std::shared_mutex of libstdc++ prefers
/// readers: a steady stream of them can keep a writer out for as long as it lasts. Here a waiting writer goes
/// ahead of new readers (PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP), so a thread must not take the shared
/// lock twice.
class FairSharedMutex {
 public:
  FairSharedMutex() {
    pthread_rwlockattr_t attributes;
    ::pthread_rwlockattr_init(&attributes);
    ::pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    ::pthread_rwlock_init(&lock_, &attributes);
    ::pthread_rwlockattr_destroy(&attributes);
  }
  ~FairSharedMutex() { ::pthread_rwlock_destroy(&lock_); }
  FairSharedMutex(const FairSharedMutex&) = delete;
  FairSharedMutex& operator=(const FairSharedMutex&) = delete;

  void lock() { ::pthread_rwlock_wrlock(&lock_); }
  void unlock() { ::pthread_rwlock_unlock(&lock_); }
  void lock_shared() { ::pthread_rwlock_rdlock(&lock_); }
  void unlock_shared() { ::pthread_rwlock_unlock(&lock_); }

 private:
  pthread_rwlock_t lock_;
};

}  // namespace threadmill::os
