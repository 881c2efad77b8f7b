#include "results/statistics/multiple_tests.h"

#include <gmock/gmock.h>

// Values of R 4.2.2; the commands stand beside them.
namespace threadmill::results {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

TEST(Holm, IsThatOfRInTheOrderGiven) {
  // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
  EXPECT_THAT(holm({0.01, 0.04, 0.03, 0.005}), ElementsAre(DoubleNear(0.03, 1e-12), DoubleNear(0.06, 1e-12),
                                                           DoubleNear(0.06, 1e-12), DoubleNear(0.02, 1e-12)));
  // p.adjust(c(0.5, 0.6, 0.001), "holm")
  EXPECT_THAT(holm({0.5, 0.6, 0.001}), ElementsAre(1, 1, DoubleNear(0.003, 1e-12)));
}

TEST(Holm, LeavesASingleTestAlone) {
  EXPECT_THAT(holm({0.04}), ElementsAre(0.04));
  EXPECT_THAT(holm({}), ElementsAre());
}

}  // namespace
}  // namespace threadmill::results
