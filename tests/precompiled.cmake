# What nearly every test includes: from a clean tree that is half of the time that tests take to compile. The same flags as
# threadmill_test().
set(headers <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp>)
set(libraries GTest::gmock nlohmann_json::nlohmann_json)
precompiled(precompiled_for_tests HEADERS ${headers} LIBRARIES ${libraries} OPTIONS ${THREADMILL_TEST_FLAGS})
precompiled(precompiled_for_view_tests PLAINLY HEADERS ${headers} LIBRARIES ${libraries} OPTIONS ${THREADMILL_TEST_FLAGS})
