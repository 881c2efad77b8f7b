# What nearly every test includes, parsed once for all of them: from a clean tree that is half of the time that tests
# take to compile. The same flags as threadmill_test(), or the compiler refuses it.
add_library(precompiled_for_tests STATIC precompiled.cpp)
target_link_libraries(precompiled_for_tests PRIVATE threadmill_options GTest::gmock nlohmann_json::nlohmann_json)
target_compile_options(precompiled_for_tests PRIVATE ${THREADMILL_TEST_FLAGS})
set_target_properties(precompiled_for_tests PROPERTIES UNITY_BUILD OFF)
target_precompile_headers(precompiled_for_tests PRIVATE <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp>)
