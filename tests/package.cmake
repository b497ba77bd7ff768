# Installs kith beside its build, builds the examples against that as a stranger would, and runs them.
# Takes BUILD, SOURCE, WORK, COMPILER and FLAGS.
function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ECHO STDERR COMMAND_ERROR_IS_FATAL ANY TIMEOUT 600)
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
foreach(example 01_chat 03_own_ledger)
  run(${CMAKE_COMMAND} -G Ninja -S ${SOURCE}/examples/${example} -B ${WORK}/${example}
    -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS})
  run(${CMAKE_COMMAND} --build ${WORK}/${example})
endforeach()
run(sh ${SOURCE}/tests/chat.sh ${WORK}/01_chat/chat ${WORK}/talk)
run(${WORK}/03_own_ledger/own_ledger)
