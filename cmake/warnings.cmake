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
  # The vptr check of UBSan opens a pipe to find out whether memory can be read, and reports an error where there are
  # no descriptors left, which is what a conformance test is about.
  target_compile_options(threadmill_options INTERFACE -fno-sanitize=vptr)
endif()
