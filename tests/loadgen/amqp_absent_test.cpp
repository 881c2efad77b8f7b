// AMQP in builds without librabbitmq.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "loadgen/plan.h"
#include "tests/support/thrown.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

TEST(AmqpAbsent, APlanIsToldWhatItTakesAndAScenarioCanBeRead) {
  nlohmann::json load = {{"driver", "pubsub"}, {"protocol", "amqp"},  {"publishers", 1},
                         {"subscribers", 1},   {"message_bytes", 64}, {"stop", {{"messages", 1}}}};
  EXPECT_EQ(parse_load_template(load).pubsub.protocol, PubsubWire::amqp);
  load["target"] = {{"address", "127.0.0.1"}, {"port", 1}};
  EXPECT_THAT(thrown_by<PlanError>([&] { parse_plan(load); }), HasSubstr("install librabbitmq-dev"));
}

}  // namespace
}  // namespace threadmill::load
