#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "harness/groupchat/private_broker.h"
#include "tests/support/eventually.h"

namespace threadmill::groupchat {

/// One broker for all tests of the program: it takes seconds to start. Each test has users of its own.
class WithBroker : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = harness::PrivateBroker::missing(); !missing.empty())
      GTEST_SKIP() << "not installed: " << missing;
  }
  static harness::PrivateBroker& broker() {
    static const auto only = [] {
      auto broker = std::make_unique<harness::PrivateBroker>(harness::PrivateBrokerOptions{.small = true});
      broker->start();
      return broker;
    }();
    return *only;
  }
  static BrokerAddress address() { return broker().address(); }
};

}  // namespace threadmill::groupchat
