#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "tests/groupchat/private_broker.h"

namespace threadmill::groupchat {

/// Whether it holds within a generous time.
inline bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

/// One broker for all tests of the program: it takes seconds to start. Each test has users of its own.
class WithBroker : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = PrivateBroker::missing(); !missing.empty())
      GTEST_SKIP() << "not installed: " << missing;
  }
  static PrivateBroker& broker() {
    static PrivateBroker only;
    return only;
  }
  static BrokerAddress address() { return broker().address(); }
};

}  // namespace threadmill::groupchat
