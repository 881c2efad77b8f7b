# Every target of ours links threadmill_options: include root, warnings, sanitizers.
add_library(threadmill_options INTERFACE)
target_include_directories(threadmill_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(threadmill_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
# Functions of libraries are looked up once, at the start: a forked child would do it again, each for itself, in pages of its own.
target_link_options(threadmill_options INTERFACE -Wl,-z,relro,-z,now)
if(THREADMILL_WERROR)
  target_compile_options(threadmill_options INTERFACE -Werror)
endif()
if(THREADMILL_SANITIZE)
  # The vptr check of UBSan opens a pipe to find out whether memory can be read, and reports an error where there are
  # no descriptors left, which is what a conformance test is about.
  set(flags -fsanitize=${THREADMILL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -fno-sanitize=vptr)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # With it Clang 14 compiles no coroutine (github.com/llvm/llvm-project/issues/49689).
    list(APPEND flags -fno-sanitize=function)
  endif()
  target_compile_options(threadmill_options INTERFACE "$<$<NOT:$<BOOL:$<TARGET_PROPERTY:THREADMILL_PLAIN>>>:${flags}>")
  target_link_options(threadmill_options INTERFACE -fsanitize=${THREADMILL_SANITIZE})
endif()

# compiled_plainly(TARGET ...): without sanitizers, unless THREADMILL_SANITIZE_VIEWS asks for them. For what only derives and
# formats figures, in one thread (half of the code, and sanitizers double its time), and for tests of other processes.
function(compiled_plainly)
  if(NOT THREADMILL_SANITIZE_VIEWS)
    set_target_properties(${ARGN} PROPERTIES THREADMILL_PLAIN ON)
  endif()
endfunction()

# precompiled(NAME HEADERS h ... FOR target ... LIBRARIES x ... OPTIONS -O0 ... [PLAINLY]): headers that most files of these targets include, parsed once.
# The targets have the same flags, or the compiler refuses it.
function(precompiled name)
  cmake_parse_arguments(ARG "PLAINLY" "" "HEADERS;FOR;LIBRARIES;OPTIONS" ${ARGN})
  add_library(${name} STATIC ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
  target_link_libraries(${name} PRIVATE threadmill_options ${ARG_LIBRARIES})
  target_compile_options(${name} PRIVATE ${ARG_OPTIONS})
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  if(ARG_PLAINLY)
    compiled_plainly(${name})
  endif()
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
  foreach(target IN LISTS ARG_FOR)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endforeach()
endfunction()
