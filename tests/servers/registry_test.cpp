#include "servers/registry.h"

#include <gtest/gtest.h>

#include <set>

#include "servers/core/service.h"

namespace threadmill::servers {
namespace {

TEST(Registry, NamesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (const auto& model : models()) {
    EXPECT_TRUE(names.insert(model.traits.name).second) << model.traits.name;
    EXPECT_EQ(find_model(model.traits.name), &model);
  }
  EXPECT_EQ(find_model("nonesuch"), nullptr);
}

TEST(Registry, EveryModelOffersKnownServicesAndAFlush) {
  for (const auto& model : models()) {
    EXPECT_FALSE(model.traits.flushes.empty()) << model.traits.name;
    EXPECT_FALSE(model.traits.services.empty()) << model.traits.name;
    for (const auto service : model.traits.services) EXPECT_NE(make_service(service, {}), nullptr) << service;
  }
}

TEST(Registry, HowAModelFlushesDependsOnHowItDistributes) {
  const auto& broker = find_model("broker")->traits;
  EXPECT_EQ(flushes_of(broker, Distribution::batch), broker.flushes);
  EXPECT_EQ(flushes_of(broker, Distribution::broadcast), std::vector{FlushKind::immediate});
  EXPECT_EQ(flushes_of(broker, Distribution::writers).front(), FlushKind::tick);
}

}  // namespace
}  // namespace threadmill::servers
