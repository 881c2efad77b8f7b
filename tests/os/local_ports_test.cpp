#include "os/local_ports.h"

#include <gtest/gtest.h>

namespace threadmill::os {
namespace {

TEST(LocalPorts, AreThoseOfTheRange) {
  EXPECT_EQ(count_local_ports("32768\t60999\n", ""), 28'232U);
  EXPECT_EQ(count_local_ports("1024 1024", "\n"), 1U);
}

TEST(LocalPorts, LessWhatIsReservedWithinTheRange) {
  EXPECT_EQ(count_local_ports("1000\t1999", "80,1000,1500-1599\n"), 899U);
  EXPECT_EQ(count_local_ports("1000\t1999", "900-1009,1990-3000"), 980U);
  EXPECT_EQ(count_local_ports("1000\t1999", "1-65535"), 0U);
}

TEST(LocalPorts, WhatCannotBeReadIsTheKernelsDefault) {
  EXPECT_EQ(count_local_ports("", ""), 28'232U);
  EXPECT_EQ(count_local_ports("1000\t1999", "nonsense"), 1000U);
}

TEST(LocalPorts, ThisMachineHasSome) { EXPECT_GT(read_local_ports(), 0U); }

}  // namespace
}  // namespace threadmill::os
