# Every target of ours links threadmill_options: include root, warnings, sanitizers.
add_library(threadmill_options INTERFACE)
target_include_directories(threadmill_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(threadmill_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(THREADMILL_WERROR)
  target_compile_options(threadmill_options INTERFACE -Werror)
endif()
if(THREADMILL_SANITIZE)
  target_compile_options(threadmill_options INTERFACE -fsanitize=${THREADMILL_SANITIZE} -fno-omit-frame-pointer
                                                     -fno-sanitize-recover=all)
  target_link_options(threadmill_options INTERFACE -fsanitize=${THREADMILL_SANITIZE})
endif()
