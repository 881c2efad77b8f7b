# What most files of these libraries include.
set(headers <algorithm> <functional> <map> <memory> <nlohmann/json.hpp> <optional> <string> <string_view> <vector> <fmt/format.h> <fmt/ranges.h>)
set(libraries fmt::fmt nlohmann_json::nlohmann_json Threads::Threads)
precompiled(precompiled_for_libraries HEADERS ${headers} LIBRARIES ${libraries} FOR threadmill_load threadmill_harness)
precompiled(precompiled_for_views PLAINLY HEADERS ${headers} LIBRARIES ${libraries} FOR threadmill_results threadmill_plots)
