#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "harness/groupchat/private_broker.h"

namespace threadmill::groupchat {

/// Whether it holds within a generous time.
inline bool comes_true(const std::function<bool()>& condition,
                       std::chrono::seconds patience = std::chrono::seconds(20)) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

/// One broker for all tests of the program: it takes seconds to start. Each test has users of its own.
class WithBroker : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = PrivateBroker::missing(); !missing.empty())
      GTEST_SKIP() << "not installed: " << missing;
  }
  static PrivateBroker& broker() {
    static const auto only = [] {
      auto broker = std::make_unique<PrivateBroker>(PrivateBrokerOptions{.small = true});
      broker->start();
      return broker;
    }();
    return *only;
  }
  static BrokerAddress address() { return broker().address(); }
};

}  // namespace threadmill::groupchat
