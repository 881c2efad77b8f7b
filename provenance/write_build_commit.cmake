# Writes OUT, the source file that holds the commit of SOURCE_DIR. Run at every build; writes only what has changed, so
# that nothing is compiled or linked anew otherwise.
function(ask_git answer)
  execute_process(
    COMMAND git -C ${SOURCE_DIR} ${ARGN}
    RESULT_VARIABLE failed
    OUTPUT_VARIABLE text
    ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(${answer} "${text}" PARENT_SCOPE)
  set(failed "${failed}" PARENT_SCOPE)
endfunction()

set(commit nullptr)
set(dirty false)
# A source tree that was unpacked somewhere inside another project's repository has no commit of its own.
ask_git(prefix rev-parse --show-prefix)
if(failed EQUAL 0 AND prefix STREQUAL "")
  ask_git(hash rev-parse --verify HEAD)
  if(failed EQUAL 0)
    set(commit "\"${hash}\"")
    ask_git(changes status --porcelain --untracked-files=no)
    if(NOT failed EQUAL 0 OR NOT changes STREQUAL "")
      set(dirty true)
    endif()
  endif()
endif()

set(text
    "#include \"provenance/build_commit.h\"\n\nconst char* const threadmill::kBuildCommit = ${commit};\nconst bool threadmill::kBuildDirty = ${dirty};\n"
)
set(before "")
if(EXISTS ${OUT})
  file(READ ${OUT} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${OUT} "${text}")
endif()
