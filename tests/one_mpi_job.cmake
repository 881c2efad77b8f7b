# For ctest, once the tests of a folder have been discovered: each process of an MPI job keeps megabytes in /dev/shm, of
# which a container has 64 by default, so that one job runs at a time.
foreach(test IN LISTS ranks_tests_TESTS end_to_end_test_TESTS)
  if(test MATCHES "^(MpiProgram|LoadHosts|OnServerHost|OnAnotherNetwork)\\.")
    set_tests_properties("${test}" PROPERTIES RESOURCE_LOCK mpi)
  endif()
endforeach()
